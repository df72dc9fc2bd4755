import { RestBase, type RestData, type RestHandlers, type RestOptions } from './rest-base.ts';

/** The state of the server: `/finesse/api/SystemInfo`. */
export class SystemInfo extends RestBase {
  static readonly Statuses = { IN_SERVICE: 'IN_SERVICE', OUT_OF_SERVICE: 'OUT_OF_SERVICE' } as const;
  /** Licences of CCX. */
  static readonly DeploymentTypes = { UCCE: 'UCCE', UCCX: 'UCCX' } as const;

  constructor(options: RestOptions | string = {}, callbacks?: RestHandlers, parentObj?: RestBase) {
    super(options, callbacks, parentObj);
  }
  override getRestType(): string {
    return 'SystemInfo';
  }
  override getRestUrl(): string {
    return '/finesse/api/SystemInfo';
  }
  protected override needsId(): boolean {
    return false;
  }
  /** One of SystemInfo.Statuses. */
  getStatus(): string {
    return this.textOf('status');
  }
  getStatusReason(): string {
    return this.textOf('statusReason');
  }
  /** ISO 8601. */
  getCurrentTimestamp(): string {
    return this.textOf('currentTimestamp');
  }
  /** Minutes east of UTC, as text. */
  getTimezoneOffset(): string {
    return this.textOf('timezoneOffset');
  }
  getXmppDomain(): string {
    return this.textOf('xmppDomain');
  }
  getXmppPubSubDomain(): string {
    return this.textOf('xmppPubSubDomain');
  }
  /** `{host}` of the primary node; undefined without one. */
  getPrimaryNode(): RestData | undefined {
    return (this.member('primaryNode') as RestData | null | undefined) ?? undefined;
  }
  getSecondaryNode(): RestData | undefined {
    return (this.member('secondaryNode') as RestData | null | undefined) ?? undefined;
  }
  /** The host of the node that is not this one; undefined without one. @param host by default the page's */
  getAlternateHost(host: string = globalThis.location?.hostname ?? ''): string | undefined {
    return this.hosts().find((each) => each.toLowerCase() !== host.toLowerCase());
  }
  /** The host of a node as the server writes it; undefined if it is none. @param host by default the page's */
  getThisHost(host: string = globalThis.location?.hostname ?? ''): string | undefined {
    return this.hosts().find((each) => each.toLowerCase() === host.toLowerCase());
  }
  /** Whether there is no second node. */
  isSingleNode(): boolean {
    return this.hosts().length < 2;
  }
  private hosts(): string[] {
    return [this.getPrimaryNode()?.host, this.getSecondaryNode()?.host].filter(Boolean) as string[];
  }
  /** UCCE or UCCX. */
  getDeploymentType(): string {
    return this.textOf('deploymentType');
  }
  isUCCX(): boolean {
    return this.getDeploymentType() === 'UCCX';
  }
  isUCCE(): boolean {
    return !this.isUCCX();
  }
  getLicense(): string {
    return this.textOf('license');
  }
  getPeripheralId(): string {
    return this.textOf('peripheralId');
  }
  /** SSO, NON_SSO or HYBRID. */
  getSystemAuthMode(): string {
    return this.textOf('systemAuthMode');
  }
}
