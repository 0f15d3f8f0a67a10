/** Writes the tables of docs/verify.md: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTables } from './table.ts'

const path = join(import.meta.dirname, '../../../docs/verify.md')
writeFileSync(path, withTables(readFileSync(path, 'utf8')))
