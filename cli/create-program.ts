import { Command } from 'commander';

const EXAMPLES = `
Examples:
  npx postroom start                            run the whole mail room on this machine
  npx postroom explain mail.eml                 what the rules do with a mail, and why
  npx postroom queue support                    the events in a queue, without taking them
  npx postroom find ann@example.net             where a mail is, and how it came there
  npx postroom doctor --env production          what stands between you and working mail
`;

/** Commander writes `error: …` and a suggestion on a second line; here an error is one line. */
const writeOneLine = (text: string): string =>
  `postroom: ${text
    .replace(/^error: /, '')
    .trim()
    .split('\n')
    .join(' ')}\n`;

/** The command line without its commands: they inherit how it fails and helps. */
export function createProgram(version: string): Command {
  return new Command('postroom')
    .description("The mail room of a team's AWS account.")
    .version(version, '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(writeOneLine(text));
      },
    })
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .helpCommand(true)
    .addHelpText('after', EXAMPLES);
}
