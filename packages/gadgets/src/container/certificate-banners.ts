/** Gadgets that wait for a certificate to be accepted (`showCertificateBanner`, finesse-js.md 3). */
import type { GadgetContainer } from './container.ts';
import type { Gadget } from './gadget.ts';
import { Listed } from './listed.ts';
import { isToken, serve } from './service-request.ts';

export interface CertificateBanner {
  readonly id: string;
  readonly gadget: Gadget;
}

const BANNERS_MAX = 20;
const CLOSED = 'finesse.containerservices.certificateBanner';

export class CertificateBanners {
  readonly #container: GadgetContainer;
  readonly #list = new Listed<CertificateBanner>();
  readonly snapshot = this.#list.snapshot;
  readonly subscribe = this.#list.subscribe;

  constructor(container: GadgetContainer) {
    this.#container = container;
    serve(container, 'finesse.containerservices.requests', null, ({ type, data: { bannerId }, gadget }) => {
      if (!isToken(bannerId)) return;
      const all = this.snapshot();
      const known = all.find(({ id }) => id === bannerId);
      if (type === 'ShowCertificateBannerReq' && !known && all.length < BANNERS_MAX)
        this.#list.set([...all, { id: bannerId, gadget }]);
      if (type === 'HideCertificateBannerReq' && known?.gadget === gadget) this.#take(bannerId);
    });
    container.onLeft((gadget) => this.#list.set(this.snapshot().filter((each) => each.gadget !== gadget)));
  }

  /** The user closes it, and its gadget is told. */
  close(id: string): void {
    if (!this.snapshot().some((each) => each.id === id)) return;
    this.#take(id);
    this.#container.publish(`${CLOSED}.${id}`, { bannerId: id });
  }

  #take(id: string): void {
    this.#list.set(this.snapshot().filter((each) => each.id !== id));
  }
}
