import { mkdirSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { createProviderPages } from '../mail/configuration/provider-pages.ts';

const folder = new URL('../docs/providers/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const { file, text } of createProviderPages()) {
  writeFileSync(new URL(file, folder), await format(text, { parser: 'markdown' }));
}
