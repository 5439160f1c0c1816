import { describe, expect, it } from '@jest/globals';
import { identityEnv, type Identity } from '../../provisioning/identity.ts';

function identity(overrides: Partial<Identity> = {}): Identity {
  return {
    uid: 'uid-ada',
    name: 'ada',
    tier: 2,
    platformUrl: 'http://127.0.0.1:7070',
    model: 'a-model',
    runtime: 'langgraph',
    ...overrides,
  };
}

describe('the identity of a workspace', () => {
  it('names a root without a role by what it always has', () => {
    const { reserved } = identityEnv(identity());

    expect(reserved).toEqual({
      WORKSPACE_ID: 'uid-ada',
      WORKSPACE_NAME: 'ada',
      TIER: '2',
      PLATFORM_URL: 'http://127.0.0.1:7070',
      MOLECULE_URL: 'http://127.0.0.1:7070',
      MODEL: 'a-model',
    });
  });

  it('names parent, role and display name where there are some', () => {
    const { reserved } = identityEnv(
      identity({ parentId: 'uid-boss', role: 'writes', displayName: 'Ada L.' }),
    );

    expect(reserved).toMatchObject({
      PARENT_ID: 'uid-boss',
      WORKSPACE_ROLE: 'writes',
      MOLECULE_AGENT_ROLE: 'writes',
      WORKSPACE_NAME: 'Ada L.',
    });
  });

  it('gives hermes its model under the name that it reads', () => {
    const { reserved } = identityEnv(identity({ runtime: 'hermes' }));

    expect(reserved).toMatchObject({ HERMES_DEFAULT_MODEL: 'a-model' });
    expect(reserved).not.toHaveProperty('MODEL');
  });
});

describe('the git identity', () => {
  it.each([
    { displayName: undefined, author: 'Treeline ada', email: 'ada@agents.treeline.invalid' },
    { displayName: '', author: 'Treeline ada', email: 'ada@agents.treeline.invalid' },
    { displayName: ' \n', author: 'Treeline ada', email: 'ada@agents.treeline.invalid' },
    {
      displayName: 'R&D  Lead (EU)\n',
      author: 'Treeline R&D Lead (EU)',
      email: 'r-d-lead-eu@agents.treeline.invalid',
    },
    { displayName: '研究', author: 'Treeline 研究', email: 'ada@agents.treeline.invalid' },
  ])('of the display name $displayName is $author <$email>', ({ displayName, author, email }) => {
    const { gitDefaults } = identityEnv(identity({ displayName }));

    expect(gitDefaults).toEqual({
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: author,
      GIT_COMMITTER_EMAIL: email,
    });
  });

  it('has the mail domain of the installation', () => {
    const { gitDefaults } = identityEnv(identity({ mailDomain: 'bots.example.com' }));

    expect(gitDefaults).toMatchObject({ GIT_AUTHOR_EMAIL: 'ada@bots.example.com' });
  });

  it('is not made from an empty name', () => {
    expect(identityEnv(identity({ name: '' })).gitDefaults).toEqual({});
  });
});
