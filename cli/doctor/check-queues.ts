import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { stackName } from '../../mail/configuration/resource-names.ts';
import { formatCount } from '../output/style.ts';
import type { QueueSource } from '../queue/queue-source.ts';
import { type Finding, findRight, findWrong } from './finding.ts';

/** Whether the queues are there and nothing has died in them. */
export async function checkQueues(
  { environment }: Configuration,
  source: QueueSource,
): Promise<readonly Finding[]> {
  const depths = [...(await source.readDepths())];
  const missing = depths.filter(([, depth]) => depth === undefined).map(([queue]) => queue);
  if (missing.length > 0) {
    return [
      findWrong(
        'queues',
        `not there: ${missing.join(', ')}; deploy the stack ${stackName(environment)}, or check AWS_PROFILE and AWS_REGION`,
      ),
    ];
  }
  const dead = depths.flatMap(([queue, depth]) =>
    depth !== undefined && depth.dead > 0
      ? [
          findWrong(
            'queues',
            `${queue}: ${formatCount(depth.dead, 'message')} in its dead-letter queue; look: npx postroom queue ${queue} --dead --env ${environment}`,
          ),
        ]
      : [],
  );
  if (dead.length > 0) return dead;
  return [findRight('queues', `${formatCount(depths.length, 'queue')}, nothing dead`)];
}
