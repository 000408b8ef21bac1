package memo_test

import (
	"testing"

	"xiangyun/internal/platform/memo"
)

func TestMemo(t *testing.T) {
	m := memo.New[string, int](2)
	_, ok, age := m.Get("a")
	if ok {
		t.Error("something is remembered from the start")
	}
	m.Put("a", 1, age)
	m.Put("b", 2, age)
	if v, ok, _ := m.Get("a"); !ok || v != 1 {
		t.Errorf("a is %d, %v", v, ok)
	}
	m.Put("c", 3, age)
	if _, ok, _ := m.Get("a"); ok {
		t.Error("the bound is not kept")
	}
	if v, ok, _ := m.Get("c"); !ok || v != 3 {
		t.Errorf("c is %d, %v", v, ok)
	}
	m.Forget()
	m.Put("d", 4, age)
	if _, ok, _ := m.Get("d"); ok {
		t.Error("what was read before all was forgotten is remembered")
	}
	if _, ok, _ := m.Get("c"); ok {
		t.Error("c is not forgotten")
	}
}
