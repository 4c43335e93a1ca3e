import { posix } from 'node:path';
import ts from 'typescript';

/** What a room may import besides itself. */
interface Room {
  /** Prefixes of paths from the repository's root. */
  readonly own: readonly string[];
  /** Names of packages and of Node's modules; a prefix when it ends in `*`. */
  readonly outside: readonly string[];
}

const EVERYTHING = ['*'];
const NODE = 'node:*';
const FILES = ['node:fs*', 'node:path', 'node:url'];

/** Rooms as `docs/architecture.md` draws them; arrows run one way: bin, lib|local|cli, lambdas, adapters, mail. */
export const ROOMS: Readonly<Record<string, Room>> = {
  mail: {
    own: ['mail/'],
    outside: ['zod', 're2js', 'node:buffer', 'node:crypto', 'node:stream*', 'node:util'],
  },
  adapters: { own: ['mail/'], outside: ['zod', NODE] },
  lambdas: {
    own: ['mail/', 'adapters/'],
    outside: [
      'zod',
      '@middy/*',
      '@aws-lambda-powertools/*',
      '@aws-sdk/client-*',
      'aws-lambda',
      NODE,
    ],
  },
  lib: {
    own: ['mail/configuration/', 'mail/rules/', 'mail/errors.ts', 'lambdas/*environment.ts'],
    outside: ['aws-cdk-lib*', 'constructs', 'cdk-nag', 'zod', 'esbuild', ...FILES],
  },
  local: { own: ['mail/', 'adapters/', 'lambdas/'], outside: EVERYTHING },
  cli: { own: ['mail/', 'adapters/', 'lambdas/', 'local/'], outside: EVERYTHING },
  consumer: {
    own: [
      'mail/contracts/mail-received.ts',
      'mail/contracts/mail-quarantined.ts',
      'mail/contracts/mailbox-events.ts',
      'mail/contracts/message-quarantined.ts',
    ],
    outside: [
      'zod',
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-s3',
      '@aws-sdk/client-sqs',
      '@zone-eu/mailsplit',
      'node:crypto',
      'node:stream*',
    ],
  },
  examples: {
    own: ['consumer/', 'mail/configuration/define-postroom.ts'],
    outside: ['zod', '@aws-sdk/client-*', NODE],
  },
  bin: { own: EVERYTHING, outside: EVERYTHING },
};

/** The libraries of each technology: an adapter imports its own and no other's. */
const ADAPTER_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  aws: ['@aws-sdk/*', '@smithy/*'],
  filesystem: [],
  imap: ['imapflow'],
  mime: ['mailparser', '@zone-eu/mailsplit'],
};

/** An import that the architecture does not allow. */
export interface ImportFault {
  readonly file: string;
  readonly imported: string;
}

const matchesPattern = (name: string, pattern: string): boolean => {
  const [start = '', end] = pattern.split('*');
  return end === undefined ? name === start : name.startsWith(start) && name.endsWith(end);
};

function listImports(file: string, source: string): readonly string[] {
  const imports: string[] = [];
  const collect = (node: ts.Node): void => {
    const target =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (target !== undefined && ts.isStringLiteralLike(target)) imports.push(target.text);
    ts.forEachChild(node, collect);
  };
  collect(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  return imports;
}

function isAllowed(file: string, imported: string): boolean {
  const [roomName = '', folder = ''] = file.split('/');
  const room = ROOMS[roomName];
  if (room === undefined) return false;
  if (imported.startsWith('.')) {
    const path = posix.join(posix.dirname(file), imported);
    const isWithin = path.startsWith(`${roomName}/`);
    return (
      isWithin ||
      room.own.some((allowed) => path.startsWith(allowed) || matchesPattern(path, allowed))
    );
  }
  const libraries = roomName === 'adapters' ? (ADAPTER_LIBRARIES[folder] ?? []) : [];
  return [...room.outside, ...libraries].some((allowed) => matchesPattern(imported, allowed));
}

/** The imports in a file, of any kind, that its room may not make. */
export function findImportFaults(file: string, source: string): readonly ImportFault[] {
  return listImports(file, source)
    .filter((imported) => !isAllowed(file, imported))
    .map((imported) => ({ file, imported }));
}
