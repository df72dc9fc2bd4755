/** The tracer: feed a {@link Case} with files, then ask it. Pure: no files, no sockets, no clock. */
export { Case, type CaseOptions, CTI_PORT, type Fact } from './case.ts';
export type { Entry, Family, FileReport } from './entry.ts';
export { overviewHtml, signInHtml, whyHtml } from './html/report.ts';
export { EXCERPT_MAX, masked, plain } from './mask.ts';
export { type Language as TraceLanguage, MESSAGES as TRACE_MESSAGES } from './messages.ts';
export { type Overview, overview } from './overview.ts';
export { overviewJson, overviewText, signInJson, signInText, whyJson, whyText } from './print.ts';
export { type SignIn, type StepId, signIn } from './signin.ts';
export { momentOf, offsetOf, type WallTime } from './times.ts';
export { SAZ_PART_MAX, type SazPart, sazPart } from './web/saz.ts';
export { type Claim, RULES, type Verdict, type Why, why } from './why.ts';
