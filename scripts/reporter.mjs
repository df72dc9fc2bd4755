// The last lines of `npm test`: each skipped test with its reason, then "N passed, N failed, N skipped".
export default class PlainSummary {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const skipped = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'passed') count.passed++;
        else if (state === 'failed') count.failed++;
        else {
          count.skipped++;
          skipped.push(`skipped: ${test.fullName} (${note ?? 'no reason given'})`);
        }
      }
      if (module.state() === 'failed' && ![...module.children.allTests('failed')].length) count.failed++;
    }
    count.failed += unhandledErrors.length;
    for (const line of skipped) console.log(line);
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
