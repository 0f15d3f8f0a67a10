import { frontDoor } from './front-door.ts'
import { program } from './program.ts'

await program(() => frontDoor(process.argv.slice(2)))
