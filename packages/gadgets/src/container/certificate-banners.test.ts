import { expect, test } from 'vitest';
import { fakePage } from '../../test/fake-page.ts';
import { CertificateBanners } from './certificate-banners.ts';

const REQUESTS = 'finesse.containerservices.requests';

test('a banner is shown until its gadget takes it away, leaves, or is told that it was closed', () => {
  const { container, connected } = fakePage();
  const banners = new CertificateBanners(container);
  const [a, b] = [connected('a'), connected('b')];
  a.hears('finesse.containerservices.certificateBanner.*');
  for (const bannerId of ['1', '2', 'x.y']) a.ask(REQUESTS, 'ShowCertificateBannerReq', { bannerId });
  b.ask(REQUESTS, 'HideCertificateBannerReq', { bannerId: '1' });
  b.ask(REQUESTS, 'ShowCertificateBannerReq', { bannerId: '3' });
  expect(banners.snapshot().map(({ id }) => id)).toEqual(['1', '2', '3']);
  banners.close('1');
  banners.close('1');
  expect(a.heard).toEqual([['finesse.containerservices.certificateBanner.1', { bannerId: '1' }]]);
  a.ask(REQUESTS, 'HideCertificateBannerReq', { bannerId: '2' });
  b.leave();
  expect(banners.snapshot()).toEqual([]);
});
