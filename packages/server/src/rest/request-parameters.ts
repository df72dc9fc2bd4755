/** As API_REQUEST prints what a request asks (seed 002): ` extension:2003 state:LOGIN`, a blank before each. */
export function requestParameters(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}:${value}`)
    .join('');
}
