package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
)

// AllCertificates is how many certificates the province had reported to the nation by the end of 2021 (吉政数字〔2022〕1号), of 601 types.
const AllCertificates = 40_259_600

// stockBlock is how many certificates one transaction issues: a failure costs that much work again, a commit is shared by so many.
const stockBlock = 2000

// stockWorkers issue at once: while one waits for the database the other computes.
const stockWorkers = 2

// stockKey begins the names of the batches. Its number changes when what is invented changes: what was loaded before stays as it is.
const stockKey = "demo-stock-1/"

// LoadCertificates issues invented certificates until there are so many: holders with right numbers, every type of the directory, dates of two decades, a
// few per cent held up or at an end. What is invented depends on its place alone, and each block is one transaction: stopped anywhere and started again it
// comes to the same end, and a greater count goes on where a smaller one stopped. The offices must be there.
func LoadCertificates(ctx context.Context, s Services, count int, tell func(Progress)) error {
	if count < 1 || count > AllCertificates {
		return fmt.Errorf("loading %d certificates: 1 to %d can be invented", count, AllCertificates)
	}
	for _, p := range parts { // what it rests on of the demo province
		if p.name != "certificates" && p.name != "certificate types" {
			continue
		}
		if err := s.load(ctx, p, func(string) {}); err != nil {
			return fmt.Errorf("loading the %s: %w", p.name, err)
		}
	}
	m, err := s.mill(ctx)
	if err != nil {
		return err
	}
	known, err := s.Certificates.Batches(ctx, program, stockKey)
	if err != nil {
		return err
	}
	l := &stockLoad{services: s, mill: m, tell: tell, begin: time.Now(), until: map[int]int{}}
	l.p.Total, l.p.Unit = count, "certificates"
	for _, b := range known {
		var block, from, until int
		if _, err := fmt.Sscanf(strings.TrimPrefix(b.Key, stockKey), "%d/%d-%d", &block, &from, &until); err != nil {
			return fmt.Errorf("reading the name of a batch %q: %w", b.Key, err)
		}
		if !b.Issued { // numbered, and then the program ended: it comes to its end as it was begun, whatever count is asked for now
			if err := l.issue(ctx, block, from, until); err != nil {
				return err
			}
		} else {
			l.p.Done += until - from
		}
		l.until[block] = max(l.until[block], until)
	}
	return l.run(ctx, (count+stockBlock-1)/stockBlock)
}

// stockLoad is one run of [LoadCertificates].
type stockLoad struct {
	services Services
	mill     *mill
	tell     func(Progress)
	begin    time.Time
	until    map[int]int // how much of each block is there

	mu   sync.Mutex // over what follows
	p    Progress
	next int
	said time.Time
}

// run has the workers take block after block; the first error ends them.
func (l *stockLoad) run(ctx context.Context, blocks int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for range stockWorkers {
		wg.Go(func() {
			for ctx.Err() == nil {
				l.mu.Lock()
				block := l.next
				l.next++
				l.mu.Unlock()
				if block >= blocks {
					return
				}
				if err := l.load(ctx, block); err != nil {
					cancel(fmt.Errorf("issuing certificates, block %d: %w", block, err))
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	_, err := l.services.Log.Sequence(ctx)
	l.p.Elapsed = time.Since(l.begin)
	l.tell(l.p)
	return err
}

// signEvery is how many blocks lie between two checkpoints of the log.
const signEvery = 50

func (l *stockLoad) load(ctx context.Context, block int) error {
	from, until := l.until[block], min(stockBlock, l.p.Total-block*stockBlock)
	if from >= until {
		return nil
	}
	if err := l.issue(ctx, block, from, until); err != nil {
		return err
	}
	if block%signEvery != signEvery-1 {
		return nil
	}
	_, err := l.services.Log.Sequence(ctx)
	return err
}

// issue issues a range of a block.
func (l *stockLoad) issue(ctx context.Context, block, from, until int) error {
	list, holders := l.mill.block(block)
	list = list[from:until]
	ids, err := l.services.Accounts.PutMany(ctx, program, holders)
	if err != nil {
		return err
	}
	stock := make([]cert.Stock, len(list))
	for i, x := range list {
		stock[i] = x.stock
		stock[i].Subject = ids[x.holder]
	}
	key := fmt.Sprintf("%s%d/%d-%d", stockKey, block, from, until)
	if _, err := l.services.Certificates.IssueStock(ctx, program, key, stock); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.p.Done += until - from
	l.p.New += until - from
	l.p.Elapsed, l.p.Part = time.Since(l.begin), "issuing"
	if time.Since(l.said) > time.Second {
		l.said = time.Now()
		l.tell(l.p)
	}
	return nil
}

// mill reads what inventing needs: the types, and which offices issue them where.
func (s Services) mill(ctx context.Context) (*mill, error) {
	types, err := s.allTypes()
	if err != nil {
		return nil, err
	}
	m := newMill(types)
	directory := s.Offices.Directory()
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		for _, code := range departmentOf {
			list, err := s.Offices.Departments(ctx, tx, code)
			if err != nil {
				return err
			}
			for _, o := range list {
				m.offices[code+"/"+o.Region.String()[:6]] = o.Path
			}
		}
		governments, err := s.Offices.Governments(ctx, tx, "22")
		if err != nil {
			return err
		}
		for _, o := range governments {
			if levelOf(o) <= 4 {
				m.offices["/"+o.Region.String()[:6]] = o.Path
			}
			if levelOf(o) == 4 && o.Region.Statutory() {
				m.counties = append(m.counties, county{o.Region.String()[:6], office.Place(directory, o.Region)})
			}
		}
		return nil
	})
	if err == nil && len(m.counties) == 0 {
		err = errors.New("the demo province is not loaded: no county has an office")
	}
	return m, err
}

// allTypes are those of the table and those that items lead to.
func (s Services) allTypes() ([]cert.Type, error) {
	list, err := registeredTypes()
	if err != nil {
		return nil, err
	}
	drawn, err := folder("certificates")
	for _, f := range drawn {
		t, parseErr := cert.ParseType(f.text)
		err = errors.Join(err, parseErr)
		list = append(list, t)
	}
	return list, err
}
