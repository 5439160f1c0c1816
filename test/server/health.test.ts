import { describe, expect, it } from '@jest/globals';
import { TestApi } from './test-api.ts';

describe('health', () => {
  it('answers as long as the process does', async () => {
    await using api = await TestApi.start();

    expect(await api.get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect((await api.send('HEAD', '/healthz')).status).toBe(200);
  });

  it('is ready when the controller does its work', async () => {
    await using api = await TestApi.start();

    const { status, body } = await api.get('/readyz');

    expect(status).toBe(200);
    expect(body).toEqual({ ready: true, problems: [] });
  });

  it('says with 503 why it is not ready', async () => {
    const problems = ['the database cannot be reached', 'loop observer: last pass 95 s ago'];
    await using api = await TestApi.start({ readiness: () => ({ ready: false, problems }) });

    const { status, body } = await api.get('/readyz');

    expect(status).toBe(503);
    expect(body).toEqual({ ready: false, problems });
  });

  it('hands out the metrics as Prometheus reads them', async () => {
    const metricsText = () => Promise.resolve('treeline_leader 1\n');
    await using api = await TestApi.start({ metricsText });

    const { text, headers } = await api.get('/metrics');

    expect(text).toBe('treeline_leader 1\n');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('names its version and installation', async () => {
    await using api = await TestApi.start();

    const { body } = await api.get('/version');

    expect(body).toEqual({
      version: '1.2.3',
      apiVersion: 'treeline.dev/v1alpha1',
      installationId: 'installation-of-tests',
    });
  });

  it('lists the backends as they are', async () => {
    const backend = { name: 'process', available: false, message: 'no such folder' };
    await using api = await TestApi.start({ listBackends: () => [backend] });

    expect((await api.get('/api/v1/backends')).body).toEqual({ items: [backend] });
  });
});
