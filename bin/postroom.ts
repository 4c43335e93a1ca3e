import { createProgram } from '../cli/create-program.ts';
import { addDoctorCommand } from '../cli/doctor.ts';
import { addDropCommand } from '../cli/drop.ts';
import { addExplainCommand } from '../cli/explain.ts';
import { addFindCommand } from '../cli/find.ts';
import { addForgetCommand } from '../cli/forget.ts';
import { addInitCommand } from '../cli/init.ts';
import { addListCommand } from '../cli/list.ts';
import { addQueueCommand } from '../cli/queue.ts';
import { addReconcileCommand } from '../cli/reconcile.ts';
import { runCommandLine } from '../cli/run-command-line.ts';
import { addStartCommand } from '../cli/start.ts';
import { addTestMailCommand } from '../cli/test-mail.ts';
import manifest from '../package.json' with { type: 'json' };

const program = createProgram(manifest.version);
addStartCommand(program);
addInitCommand(program);
addExplainCommand(program);
addQueueCommand(program);
addListCommand(program);
addFindCommand(program);
addForgetCommand(program);
addDropCommand(program);
addReconcileCommand(program);
addDoctorCommand(program);
addTestMailCommand(program);

await runCommandLine(program, process.argv.slice(2));
