import { createProgram } from '../cli/create-program.ts';
import { runCommandLine } from '../cli/run-command-line.ts';
import { addSamCommand } from '../cli/sam.ts';

// What `npm run sam` runs: a tool of this repository, not a command of the published `postroom`.
const program = createProgram('');
addSamCommand(program);

await runCommandLine(program, process.argv.slice(2));
