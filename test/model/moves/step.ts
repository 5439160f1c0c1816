import {
  adoptLaunch,
  closeExternal,
  closeLaunch,
  countCall,
  discountCall,
  insertLaunch,
  openExternal,
  recordExit,
  releaseWorkspace,
  startClosing,
  storeConfig,
  storeLaunched,
  storeRefusal,
  type Statement,
} from '../statements.ts';
import {
  DECLARED,
  instanceOf,
  tokenOf,
  withController,
  type Hand,
  type ProviderInstance,
  type World,
} from '../world.ts';
import { callProvider } from './call.ts';
import { sendLaunch } from './launch.ts';
import { forEachAnswer } from './look.ts';
import type { Place, RoleMove } from './move.ts';
import { controllerOf, write } from './writing.ts';

/** The next part of the step in hand, as `perform` takes it: one write, or one call. */
export const step: RoleMove = (world, role, setting, emit) => {
  const hand = world[role]?.hand;
  if (hand !== undefined) {
    takeStep(hand, { world, role, setting, emit });
  }
};

function takeStep(hand: Hand, place: Place): void {
  switch (hand.kind) {
    case 'counted':
      sendLaunch(hand, place);
      return;
    case 'stop':
    case 'start':
    case 'terminate':
      callProvider(hand, place);
      return;
    case 'verify':
      verify(hand, place);
      return;
    case 'prepare':
      prepare(hand, place);
      return;
    case 'launch':
      count(hand, place);
      return;
    case 'store-config':
      store(place, storeConfig(hand.attempt, hand.config), { ...hand, kind: 'start' });
      return;
    default:
      store(place, statementOf(hand, place.world));
  }
}

function store({ world, role, setting, emit }: Place, statement: Statement, then?: Hand): void {
  const kind = world[role]?.hand?.kind ?? '';
  const next = write(world, { role, setting, statement, ...(then && { then: narrow(then) }) });
  emit(`${role}: writes ${kind}`, next);
}

/** `start` needs less than the step it came from; what is left over would only make equal worlds look different. */
function narrow(hand: Hand): Hand {
  return hand.kind === 'start' ? { kind: 'start', id: hand.id, config: hand.config } : hand;
}

type Written = Extract<
  Hand,
  {
    readonly kind:
      | 'launched'
      | 'refused'
      | 'without-effect'
      | 'adopt'
      | 'record-exit'
      | 'replace'
      | 'close'
      | 'release'
      | 'open-external'
      | 'close-external';
  }
>;

// One branch for each kind of hand; a forgotten one does not compile.
// eslint-disable-next-line complexity
function statementOf(hand: Written, { provider }: World): Statement {
  switch (hand.kind) {
    case 'launched':
      return storeLaunched(hand.attempt, hand.id);
    case 'refused':
      return storeRefusal(hand.attempt);
    case 'without-effect':
      return discountCall(hand.attempt);
    case 'adopt': {
      const { id: instanceId, attempt, token, inputs, config, open } = hand;
      const { age } = instanceOf(provider, instanceId);
      return adoptLaunch({ attempt, token, instanceId, inputs, config, age }, open);
    }
    case 'record-exit':
      return recordExit(hand.exit);
    case 'replace':
      return startClosing(hand.attempt);
    case 'close':
      return closeLaunch(hand.attempt);
    case 'release':
      return releaseWorkspace(DECLARED);
    case 'open-external':
      return openExternal(hand.highestSeen);
    case 'close-external':
      return closeExternal();
  }
}

function prepare(hand: Extract<Hand, { kind: 'prepare' }>, place: Place): void {
  const { world, role, setting, emit } = place;
  const next = write(world, { role, setting, statement: insertLaunch(hand) });
  const attempts = next.database.rows.map(({ attempt }) => attempt);
  const isNew = next.database.rows.length > world.database.rows.length;
  const isUsedAgain = isNew && Math.max(...attempts) <= hand.highestMark;
  emit(
    `${role}: writes prepare`,
    next,
    isUsedAgain ? 'an attempt is used again although its marks were seen' : undefined,
  );
}

function count({ attempt, config }: Extract<Hand, { kind: 'launch' }>, place: Place): void {
  const { world, setting } = place;
  const row = world.database.rows.find((one) => one.attempt === attempt);
  const inputs = world.database.record?.inputs ?? 1;
  const token = setting.rules.intentIsFrozen ? (row?.token ?? 0) : tokenOf(attempt, inputs);
  const statement = countCall(attempt, config, setting.rules.callsAreCounted);
  store(place, statement, { kind: 'counted', attempt, token, config, age: 0 });
}

/** Asks by id or, without one, by token; closes only what the provider does not know, or says is terminated. */
function verify(hand: Extract<Hand, { kind: 'verify' }>, place: Place): void {
  const { world, role, setting, emit } = place;
  const found = world.provider.instances.find(({ id, token, origin }) =>
    hand.id >= 0 ? id === hand.id : origin === 'ours' && token === hand.token,
  );
  forEachAnswer(found, setting, (answer) => {
    const next = afterLookUp(hand, answer);
    const controller = { ...controllerOf(world, role), hand: next };
    const what = answer === undefined ? 'finds nothing' : `finds i${answer.id}`;
    emit(`${role}: ${what}`, withController(world, role, controller));
  });
}

function afterLookUp(
  { attempt, isPending, isLeaving, why }: Extract<Hand, { kind: 'verify' }>,
  answer: ProviderInstance | undefined,
): Hand | undefined {
  if (answer === undefined || answer.state === 'terminated') {
    return { kind: 'close', attempt };
  }
  if (isPending) {
    return { kind: 'launched', attempt, id: answer.id };
  }
  return isLeaving && answer.state !== 'terminating'
    ? { kind: 'terminate', id: answer.id, why }
    : undefined;
}
