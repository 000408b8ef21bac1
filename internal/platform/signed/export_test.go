package signed

// ParseCMS reads bytes as a signature and verifies it when it is one.
func ParseCMS(der []byte) bool {
	c, err := parseCMS(der)
	return err == nil && c.fits()
}
