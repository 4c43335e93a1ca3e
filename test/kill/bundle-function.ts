import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');
const MIME_PARSER = join(root, 'adapters/mime/mailparser-mime-parser.ts');

/** Puts another module in the place of the MIME parser, which may import the real one. */
const replaceMimeParser = (replacement: string): Plugin => ({
  name: 'replace-mime-parser',
  setup(bundling) {
    bundling.onResolve({ filter: /mailparser-mime-parser\.ts$/ }, ({ importer }) => ({
      path: importer === replacement ? MIME_PARSER : replacement,
    }));
  },
});

const deployed = (lambda: string): string => join(root, `lambdas/${lambda}/handler.ts`);

/** What a process can run: a function that is deployed, or a command in the place of one. */
const ENTRY_POINTS = {
  'parse-mail': deployed('parse-mail'),
  'enter-drops': deployed('enter-drops'),
  'reconcile-arrivals': deployed('reconcile-arrivals'),
  'hold-dead-letters': deployed('hold-dead-letters'),
  'poll-mailbox': deployed('poll-mailbox'),
  'settle-held': join(root, 'test/kill/settle-held-handler.ts'),
} as const;

export type BundledFunction = keyof typeof ENTRY_POINTS;

/**
 * Bundles a function as it is deployed, so that a process of it starts in a fraction of a second.
 *
 * @param options.mimeParser A module for the place of the MIME parser. @default the real one
 * @returns The path of the bundle.
 */
export async function bundleFunction(
  folder: string,
  name: BundledFunction,
  { mimeParser }: { readonly mimeParser?: string } = {},
): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [ENTRY_POINTS[name]],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
    plugins: mimeParser === undefined ? [] : [replaceMimeParser(mimeParser)],
  });
  return outfile;
}
