/**
 * The program that ends another one which has passed its deadline: asked first (SIGTERM), killed a second later. It runs
 * in a second shell of the same user. BusyBox' kill knows no `--`; without it `-s` would not do for groups in dash.
 *
 * @param pid the worker's process id
 * @param group whether the worker leads a process group; otherwise its descendants are looked up with `ps`
 */
export const killProgram = (pid: number, group: boolean): string => (group ? `mp_all=-${pid}` : treeOf(pid)) + `
mp_kill() { kill "-$1" $mp_all 2>/dev/null; }
mp_kill TERM
mp_n=0
while [ $mp_n -lt 10 ] && mp_kill 0; do sleep 0.1 || sleep 1; mp_n=$((mp_n + 1)); done
mp_kill KILL
:`

/** The program that ends a loop and nothing else: no further worker is started. */
export const killShell = (pid: number): string => `kill -s KILL ${pid}`

const treeOf = (pid: number): string => `mp_all=" ${pid} " mp_before=
mp_table=$(ps -A -o pid= -o ppid= 2>/dev/null || ps -o pid,ppid)
while [ "$mp_all" != "$mp_before" ]; do
mp_before=$mp_all
while read -r mp_pid mp_parent; do
case "$mp_all" in *" $mp_pid "*) ;; *" $mp_parent "*) mp_all="$mp_all$mp_pid " ;; esac
done <<END
$mp_table
END
done`
