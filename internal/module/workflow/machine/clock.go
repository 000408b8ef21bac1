package machine

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow/process"
)

var (
	workdays = regexp.MustCompile(`^P([0-9]{1,4})WD$`)
	duration = regexp.MustCompile(`^P(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?$`)
)

// After returns the instant an ISO 8601 duration after another: years, months, weeks and days by China's calendar, the rest in real time. What is no
// duration, or nothing, is refused.
func After(from time.Time, text string) (time.Time, error) {
	m := duration.FindStringSubmatch(text)
	if m == nil {
		return from, fmt.Errorf("%q is no duration", text)
	}
	var n [7]int
	for i := range n {
		if m[i+1] != "" {
			var err error
			if n[i], err = strconv.Atoi(m[i+1]); err != nil {
				return from, fmt.Errorf("reading the duration %q: %w", text, err)
			}
		}
	}
	to := from.In(civil.Shanghai).AddDate(n[0], n[1], 7*n[2]+n[3]).Add(time.Duration(n[4])*time.Hour + time.Duration(n[5])*time.Minute + time.Duration(n[6])*time.Second)
	if !to.After(from) {
		return from, fmt.Errorf("the duration %q is nothing", text)
	}
	return to.UTC(), nil
}

// period checks that a clock says exactly one thing, and returns the fixed part of it.
func period(c process.Clock) (Due, error) {
	said := 0
	for _, text := range []string{c.Date, c.Workdays, c.Duration, c.Cycle} {
		if text != "" {
			said++
		}
	}
	if said != 1 || c.Times < 0 {
		return Due{}, fmt.Errorf("a timer says exactly one of date, working days, duration and cycle")
	}
	text := c.Duration + c.Cycle
	if m := workdays.FindStringSubmatch(c.Cycle); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil || n == 0 {
			return Due{}, fmt.Errorf("the cycle %q is nothing", c.Cycle)
		}
		return Due{Workdays: n}, nil
	}
	if text == "" {
		return Due{}, nil
	}
	_, err := After(time.Unix(0, 0), text)
	return Due{Duration: text}, err
}
