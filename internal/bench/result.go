package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Result is one figure beside its limit.
type Result struct {
	Name      string  `json:"name"`
	Engine    string  `json:"engine"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	LimitName string  `json:"limit_name"`
	Limit     float64 `json:"limit"`
	Ratio     float64 `json:"ratio"`
	N         int     `json:"n"` // how often the value was measured
}

// write prints a result as one line.
func (r Result) write(w io.Writer) error {
	if !(r.Limit > 0) {
		return fmt.Errorf("%s has no limit to be measured against", r.Name)
	}
	r.Ratio = round(r.Value / r.Limit)
	r.Value, r.Limit = round(r.Value), round(r.Limit)
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// round keeps four digits that mean something.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// percentile returns the time that p of a hundred stay within, in milliseconds.
func percentile(times []time.Duration, p int) float64 {
	slices.Sort(times)
	i := min(len(times)-1, (len(times)*p+99)/100-1)
	return milliseconds(times[max(i, 0)])
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
