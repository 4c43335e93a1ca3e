import { writeFileSync } from 'node:fs';
import { createPublishedSchemas } from '../mail/contracts/published-schemas.ts';

const folder = new URL('../docs/schemas/', import.meta.url);
for (const { file, text } of createPublishedSchemas()) writeFileSync(new URL(file, folder), text);
