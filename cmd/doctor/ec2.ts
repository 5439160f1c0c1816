import type { NamedClass } from '../../backends/ec2/try-launch.ts';
import type { PermissionReport } from '../../backends/ec2/permissions.ts';
import type { Trial } from '../../backends/ec2/trial.ts';
import type { Clock } from '../../lib/clock.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

export interface Ec2Check {
  readonly regions: readonly string[];
  /** Instead of AWS, for tests. */
  readonly endpoint?: string;
  /** None: no controller says who it is. */
  readonly installationId?: string;
  readonly classes: readonly NamedClass[];
  readonly clock: Pick<Clock, 'now'>;
}

/** What EC2 says to these credentials, region by region, by dry runs alone. */
export async function checkEc2(check: Ec2Check): Promise<Finding[]> {
  const found = await Promise.all(check.regions.map((region) => checkRegion(region, check)));
  return found.flat();
}

async function checkRegion(
  region: string,
  { endpoint, installationId, classes, clock }: Ec2Check,
): Promise<Finding[]> {
  // The SDK takes a quarter of a second to load; who has no region does not need it.
  const [{ openClients }, { tryPermissions }] = await Promise.all([
    import('../../backends/ec2/clients.ts'),
    import('../../backends/ec2/permissions.ts'),
  ]);
  const sender = openClients({ region, ...(endpoint !== undefined && { endpoint }) });
  const report = await tryPermissions(sender, {
    ...(installationId !== undefined && { installationId }),
    classes: classes.filter(({ spec }) => spec.ec2?.region === region),
  });
  return judgePermissions(region, report, clock.now());
}

/** Pure part of `checkEc2`. */
export function judgePermissions(
  region: string,
  { contact, tried, untried }: PermissionReport,
  now: Date,
): Finding[] {
  const what = `ec2 ${region}`;
  const lost = judgeContact(what, contact);
  if (lost !== undefined) {
    return [lost];
  }
  const problems = tried.flatMap((one) => judgeTrial(what, one));
  return [
    ...judgeClock(what, contact, now),
    ...problems,
    ...(problems.length > 0 ? [] : [ok(what, `${tried.length} calls tried, all are allowed`)]),
    ...judgeUntried(what, untried),
  ];
}

function judgeContact(what: string, { result, message }: Trial): Finding | undefined {
  switch (result) {
    case 'no-credentials':
      return failure(
        what,
        'no credentials were found',
        'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role',
      );
    case 'bad-credentials':
      return failure(what, message, 'renew the credentials, and look at the clock of this machine');
    case 'unreachable':
      return failure(what, message, 'check the name of the region, and the way into the network');
    case 'allowed':
    case 'denied':
    case 'refused':
      return undefined;
  }
}

function judgeTrial(
  what: string,
  { what: call, trial: { result, message } }: PermissionReport['tried'][number],
): Finding[] {
  if (result === 'allowed') {
    return [];
  }
  return result === 'denied'
    ? [
        failure(
          what,
          `${call} is not allowed: ${message}`,
          'give these credentials manifests/aws/controller-policy.json',
        ),
      ]
    : [warning(what, `${call}: ${message}`, 'correct what it names, or try again')];
}

function judgeUntried(what: string, untried: PermissionReport['untried']): Finding[] {
  const reasons = [...new Set(untried.map(({ why }) => why))];
  return reasons.map((reason) => {
    const calls = untried.filter(({ why }) => why === reason).map((one) => one.what);
    return ok(what, `not tried, since ${reason}: ${calls.join(', ')}`);
  });
}

/**
 * Date headers have whole seconds. A clock that is ahead signs calls that are accepted for longer than Treeline waits for a
 * lost one (15 minutes), so seconds matter already; from 5 minutes on AWS refuses the signature.
 */
const SKEW_WARN_SECONDS = 5;
const SKEW_FAIL_SECONDS = 300;

function judgeClock(what: string, { answeredAt }: Trial, now: Date): Finding[] {
  if (answeredAt === undefined) {
    return [];
  }
  const ahead = Math.round((now.getTime() - answeredAt.getTime()) / 1000);
  if (Math.abs(ahead) < SKEW_WARN_SECONDS) {
    return [];
  }
  const judge = Math.abs(ahead) < SKEW_FAIL_SECONDS ? warning : failure;
  const side = ahead > 0 ? 'ahead' : 'behind';
  return [
    judge(
      what,
      `the clock of this machine is ${Math.abs(ahead)} s ${side}`,
      'let NTP set it (chrony, systemd-timesyncd)',
    ),
  ];
}
