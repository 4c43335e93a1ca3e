/** Whether a host is this machine itself, by name or address, where nobody reads on the way. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
