import { describe, expect, it } from '@jest/globals';
import { DNS_NAMESPACE, uuidv5 } from '../../lib/uuid.ts';

describe('uuidv5', () => {
  it('gives the example of RFC 9562, appendix A.4', () => {
    expect(uuidv5(DNS_NAMESPACE, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('gives another UUID in another namespace', () => {
    const other = uuidv5(DNS_NAMESPACE, 'treeline.dev');

    expect(uuidv5(other, 'www.example.com')).not.toBe(uuidv5(DNS_NAMESPACE, 'www.example.com'));
  });
});
