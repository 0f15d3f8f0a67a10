import { frontDoor } from './front-door.ts'
import { program } from './program.ts'

void program(() => frontDoor(process.argv.slice(2)))
