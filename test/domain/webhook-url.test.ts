import { describe, expect, it } from 'vitest';
import { webhookUrlFault } from '../../shared/domain/webhook-url.ts';

const onAws = (url: string) => webhookUrlFault(url, { local: false });
const onLocal = (url: string) => webhookUrlFault(url, { local: true });

describe('V: notices go', () => {
  it.each([
    'https://hooks.example.org/referrals',
    'https://example.org:8443/a?b=c',
    'https://example.org.:443/',
    'https://localhost.example.org/',
  ])('to a public name over HTTPS: %s', (url) => expect(onAws(url)).toBeUndefined());

  it.each([
    'http://hooks.example.org/',
    'ftp://hooks.example.org/',
    'https://user:pass@hooks.example.org/',
    'https://hooks.example.org/#part',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://10.0.0.1./',
    'https://8.8.8.8/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[2606:4700::1111]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://metadata.google.internal/',
    'https://instance-data/',
    'https://localhost/',
    'https://localhost./',
    'https://app.localhost/',
    'https://printer.local/',
    'https://intranet/',
    'https://HOOKS.EXAMPLE.INTERNAL/',
    'https://localhost../',
    'https://printer.local..../',
    'https://hooks..example.org/',
    'https://.example.org/',
    'https://app.localdomain/',
    'https://app.private/',
    'https://hooks.example.org:22/',
    'https://hooks.example.org:25/',
    'https://hooks.example.org:80/',
    'https://hooks.example.org:6379/',
    'https://hooks.example.org:9200/',
    'http://127.0.0.1:8080/',
    'not a url',
    'javascript:alert(1)',
  ])('never to %s', (url) => expect(onAws(url)).toEqual(expect.any(String)));

  it('on a local stack to this machine too, and nowhere else inside', () => {
    for (const url of ['http://127.0.0.1:4000/in', 'http://localhost:4000/', 'https://[::1]/']) {
      expect(onLocal(url)).toBeUndefined();
    }
    for (const url of ['http://hooks.example.org/', 'http://10.0.0.1/', 'http://169.254.169.254/']) {
      expect(onLocal(url)).toEqual(expect.any(String));
    }
  });
});
