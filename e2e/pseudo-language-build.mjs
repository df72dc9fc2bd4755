// Builds the desktop page with one language more, `ar`: English whose letters are Arabic ones. Nothing of it is shipped.
// node pseudo-language-build.mjs OUT_DIR, in the folder of the page
import { build } from 'vite';

const LETTERS = 'ابتثجحخدذرزسشصضطظعغفقكلمنهوي';

/** The same text in letters that run from right to left; places for values stay. Runs in the page, too. */
export function pseudo(text, letters = LETTERS) {
  const turned = (part) =>
    part.replace(
      /\p{Script=Latin}/gu,
      (letter) => letters[letter.toLowerCase().charCodeAt(0) % letters.length],
    );
  return text
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? part : turned(part)))
    .join('');
}

const language = {
  name: 'pseudo-language',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/src\/messages\/languages\.ts$/.test(id.replaceAll('\\', '/'))) return null;
    const more = `  ar: { name: 'العربية', load: async () => PSEUDO },\n};`;
    const at = code.indexOf('\n};');
    if (at < 0) throw new Error('languages.ts has no list of languages');
    return `${code.slice(0, at + 1)}${more}${code.slice(at + 3)}
${pseudo.toString().replace('LETTERS', JSON.stringify(LETTERS))}
const PSEUDO = Object.fromEntries(Object.entries(en).map(([key, text]) => [key, pseudo(text)])) as Catalogue;
`;
  },
};

const outDir = process.argv[2];
if (outDir !== undefined)
  await build({ logLevel: 'warn', plugins: [language], build: { outDir, emptyOutDir: true } });
