import { fileURLToPath } from 'node:url'

declare const BUILT_VERSION: string | undefined

/** Where a file stands that comes with the program, such as `playbooks/verify.yml`. The bundle stands one directory below it. */
export const shipped = (file: string): string => fileURLToPath(new URL(`${typeof BUILT_VERSION === 'string' ? '..' : '../..'}/${file}`, import.meta.url))
