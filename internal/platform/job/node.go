package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"xiangyun/internal/platform/db"
)

// process names this run of the program among all that ever had its number.
var process = db.NewKey()

// nodeName names a queue so that others on the same machine can tell whether its program still runs: the machine since it was started, the space its
// processes are numbered in, the process, and the queue within it. Where the system does not tell, it is a key that says nothing.
func nodeName() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, err2 := os.Readlink("/proc/self/ns/pid")
	if err != nil || err2 != nil {
		return db.NewKey()
	}
	return fmt.Sprintf("%s/%s/%d/%s/%s", strings.TrimSpace(string(boot)), space, os.Getpid(), process, db.NewKey())
}

// gone tells whether the program of another queue has certainly ended: it ran on this machine, and nothing runs there under its number, or this program does.
func (q *Queue) gone(node string) bool {
	mine, theirs := strings.Split(q.node, "/"), strings.Split(node, "/")
	if len(mine) != 5 || len(theirs) != 5 || mine[0] != theirs[0] || mine[1] != theirs[1] {
		return false
	}
	if mine[2] == theirs[2] {
		return mine[3] != theirs[3]
	}
	number, err := strconv.Atoi(theirs[2])
	return err == nil && number > 0 && errors.Is(syscall.Kill(number, 0), syscall.ESRCH)
}

// release makes due at once what a program that was killed on this machine was at work on: after a restart nobody waits for its leases to run out.
func (q *Queue) release(ctx context.Context) error {
	var leases []string
	err := q.db.View(ctx, func(tx *db.Tx) (err error) {
		leases, err = db.All[string](ctx, tx, `SELECT DISTINCT lease FROM job_job WHERE finished_at IS NULL AND due_at > $1 AND due_at <= $2
AND state = 'running' AND lease <> ''`, tx.Now, tx.Now.Add(q.lease))
		return err
	})
	if err != nil {
		return err
	}
	for _, lease := range leases {
		if !q.gone(lease) {
			continue
		}
		n := int64(0)
		err := q.db.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, `UPDATE job_job SET due_at = $1 WHERE finished_at IS NULL AND state = 'running' AND lease = $2 AND due_at > $1`, tx.Now, lease)
			return err
		})
		if err != nil {
			return err
		}
		q.log.Info("jobs of a program that was killed are taken over", "jobs", n)
	}
	return nil
}
