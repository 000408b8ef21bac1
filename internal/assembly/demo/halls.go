package demo

import (
	"context"
	"fmt"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/hall"
)

// places is halls.toml.
type places struct {
	Line []struct {
		Letter, Name string
		Themes       []string
	}
	Hall []struct {
		Office, Region, Name, Address, Phone string
		Windows                              []struct {
			Number  int
			Name    string
			Letters []string
		}
	}
}

// spans are the hours every hall of the demo province keeps on working days, in minutes after midnight.
var spans = []hall.Span{{From: 8*60 + 30, Until: 11*60 + 30}, {From: 13 * 60, Until: 16*60 + 30}}

// halls sets the halls of the demo governments up.
func (s Services) halls(ctx context.Context) error {
	var p places
	if _, err := toml.DecodeFS(files, "halls.toml", &p); err != nil {
		return err
	}
	rules := hall.Rules{Hours: spans}
	for _, l := range p.Line {
		rules.Lines = append(rules.Lines, hall.Line{Letter: l.Letter, Name: l.Name, Themes: l.Themes})
	}
	for _, h := range p.Hall {
		r, err := region.Parse(h.Region)
		if err != nil {
			return fmt.Errorf("hall %s: %w", h.Name, err)
		}
		d := hall.Draft{Hall: hall.Hall{OfficePath: h.Office, Region: r, Name: h.Name, Address: h.Address, Phone: h.Phone, Rules: rules}}
		for _, w := range h.Windows {
			d.Windows = append(d.Windows, hall.Window{Number: w.Number, Name: w.Name, Letters: w.Letters})
		}
		if _, err := s.Halls.Put(ctx, program, d); err != nil {
			return fmt.Errorf("hall %s: %w", h.Name, err)
		}
	}
	return nil
}
