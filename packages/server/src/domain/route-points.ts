/** Dialled numbers with a queue behind them, as a question that costs one lookup. */
import type { Directory, DirectorySource } from '../store/directory.ts';

export function isRoutePointOf(source: DirectorySource): (address: string) => boolean {
  let of: Directory | null = null;
  let numbers: ReadonlySet<string> = new Set();
  return (address) => {
    if (of !== source.current) {
      of = source.current;
      numbers = new Set(of.dialledNumbers().map(({ number }) => number));
    }
    return numbers.has(address);
  };
}
