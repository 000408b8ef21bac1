// Package config reads the one configuration of the program: defaults in code, over them the TOML file, over it XIANGYUN_* variables, over
// them the command line. A new program runs on the last release's file: a field's zero value is its default.
package config

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// Config is everything that can be set. Every field is named as in the file.
type Config struct {
	// Listen is the address to serve on; the default serves this machine only.
	Listen string `toml:"listen"`
	// Data is the folder of the database file, documents and keys.
	Data string `toml:"data"`
	// DatabaseURL is postgres://…; empty means SQLite in the data folder. A password in it is a secret: prefer a passfile.
	DatabaseURL string `toml:"database_url"`
	// Demo loads the demo province and its accounts at the first start. Never set it where real people are served.
	Demo bool `toml:"demo"`
	// PublicURL is how the outside reaches the server: it stands in the QR codes of certificates. Empty means http://LISTEN.
	PublicURL string `toml:"public_url"`
	// KeyEncryptionKey is the file with the key that wraps the data keys; empty means DATA/kek, which is fit for trying out only.
	KeyEncryptionKey string `toml:"key_encryption_key"`
	// TLSCertificate and TLSKey are PEM files; both or none. Without them put a proxy with TLS in front.
	TLSCertificate string `toml:"tls_certificate"`
	TLSKey         string `toml:"tls_key"`
	// UploadLimit bounds one uploaded file in bytes.
	UploadLimit int64 `toml:"upload_limit"`
	// UploadWaitingFiles and UploadWaitingBytes bound what one account has uploaded and not handed in yet; UploadDayFiles and UploadDayBytes what it uploads in
	// a day. Who hands something in must never meet them; each is there so that one account can't fill the disk.
	UploadWaitingFiles int64 `toml:"upload_waiting_files"`
	UploadWaitingBytes int64 `toml:"upload_waiting_bytes"`
	UploadDayFiles     int64 `toml:"upload_day_files"`
	UploadDayBytes     int64 `toml:"upload_day_bytes"`
	// UploadOfficerTimes is how many times as much an officer may upload, who scans for everybody at his window.
	UploadOfficerTimes int64 `toml:"upload_officer_times"`
	// SessionIdleMinutes ends a session nobody used for so long.
	SessionIdleMinutes int `toml:"session_idle_minutes"`
	// MetricsPublic lets other machines read /metrics.
	MetricsPublic bool `toml:"metrics_public"`
	// LogLevel is debug, info, warn or error; LogFormat is text or json.
	LogLevel  string `toml:"log_level"`
	LogFormat string `toml:"log_format"`
	// LogOrigin names the transparency log in its checkpoints; it must not change once the log has leaves.
	LogOrigin string `toml:"log_origin"`
	// LogWitnesses cosign the log's checkpoints: "URL KEY" each, with commas between; KEY as the witness prints it. Without them nobody outside
	// would notice a log that shows two people two histories.
	LogWitnesses string `toml:"log_witnesses"`
	// TrustedProxies are the addresses and networks, with commas between, of proxies whose X-Forwarded-For is believed. Without them everybody
	// behind a proxy counts as one address. Name proxies alone: whoever else sits in such a network may call himself by any address.
	TrustedProxies string `toml:"trusted_proxies"`
	// TimestampURL is an authority of timestamps (RFC 3161) for electronic seals; its root is brought with "seal import timestamp-root". Empty means
	// none, in the demo province the built-in one.
	TimestampURL string `toml:"timestamp_url"`
	// SignInPerMinute bounds attempts to sign in from one network address.
	SignInPerMinute int `toml:"sign_in_per_minute"`
}

// Default returns the configuration of a laptop.
func Default() Config {
	return Config{Listen: "127.0.0.1:8080", Data: "./var", UploadLimit: 200 << 20, UploadWaitingFiles: 300, UploadWaitingBytes: 2 << 30, UploadDayFiles: 600,
		UploadDayBytes: 4 << 30, UploadOfficerTimes: 20, SessionIdleMinutes: 30, LogLevel: "info", LogFormat: "text",
		LogOrigin: "xiangyun.jilin/log", SignInPerMinute: 120}
}

// Load reads the file, if a path is given, and the variables of environ ("NAME=value"). Unknown keys are errors: a misspelt key must not
// silently mean the default.
func Load(path string, environ []string) (Config, error) {
	c := Default()
	if path != "" {
		meta, err := toml.DecodeFile(path, &c)
		if err != nil {
			return c, fmt.Errorf("reading the configuration: %w", err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			return c, fmt.Errorf("reading the configuration: %s has unknown keys: %v", path, unknown)
		}
	}
	return c, c.environment(environ)
}

// environment sets each field whose variable is given: XIANGYUN_DATABASE_URL.
func (c *Config) environment(environ []string) error {
	given := map[string]string{}
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			given[name] = value
		}
	}
	v := reflect.ValueOf(c).Elem()
	var errs []error
	for i := range v.NumField() {
		name := "XIANGYUN_" + strings.ToUpper(v.Type().Field(i).Tag.Get("toml"))
		text, ok := given[name]
		if !ok {
			continue
		}
		if err := set(v.Field(i), text); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func set(f reflect.Value, text string) error {
	switch f.Kind() {
	case reflect.String:
		f.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("must be true or false")
		}
		f.SetBool(b)
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errors.New("must be a whole number")
		}
		f.SetInt(n)
	}
	return nil
}

// Validate reports every mistake at once.
func (c Config) Validate() error {
	var errs []error
	wrong := func(key, what string) { errs = append(errs, fmt.Errorf("%s: %s", key, what)) }
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		wrong("listen", "must be ADDRESS:PORT, such as 127.0.0.1:8080")
	}
	if c.Data == "" {
		wrong("data", "must name a folder")
	}
	if c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		wrong("database_url", "must begin with postgres://, or be empty for SQLite")
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		wrong("public_url", "must be https://HOST")
	}
	if u, err := url.Parse(c.TimestampURL); c.TimestampURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		wrong("timestamp_url", "must be https://HOST/PATH")
	}
	if (c.TLSCertificate == "") != (c.TLSKey == "") {
		wrong("tls_certificate, tls_key", "both or none")
	}
	if c.UploadLimit < 1<<20 {
		wrong("upload_limit", "must be at least 1048576 bytes")
	}
	for key, n := range map[string]int64{"upload_waiting_files": c.UploadWaitingFiles, "upload_day_files": c.UploadDayFiles, "upload_officer_times": c.UploadOfficerTimes} {
		if n < 1 || n > 1_000_000 {
			wrong(key, "must be 1 to 1000000")
		}
	}
	for key, n := range map[string]int64{"upload_waiting_bytes": c.UploadWaitingBytes, "upload_day_bytes": c.UploadDayBytes} {
		if n < c.UploadLimit || n > 1<<40 {
			wrong(key, "must be at least upload_limit and at most 1099511627776 bytes, or one file as large as may be is refused")
		}
	}
	if c.SessionIdleMinutes < 1 || c.SessionIdleMinutes > 720 {
		wrong("session_idle_minutes", "must be 1 to 720")
	}
	for word := range strings.SplitSeq(c.TrustedProxies, ",") {
		word = strings.TrimSpace(word)
		if _, _, err := net.ParseCIDR(word); word != "" && err != nil && net.ParseIP(word) == nil {
			wrong("trusted_proxies", "must be addresses or networks with commas between, such as 10.0.0.7, 127.0.0.1")
		}
	}
	if c.SignInPerMinute < 1 {
		wrong("sign_in_per_minute", "must be at least 1")
	}
	if !oneOf(c.LogLevel, "debug", "info", "warn", "error") {
		wrong("log_level", "must be debug, info, warn or error")
	}
	if !oneOf(c.LogFormat, "text", "json") {
		wrong("log_format", "must be text or json")
	}
	if c.LogOrigin == "" || strings.ContainsAny(c.LogOrigin, " \n+") {
		wrong("log_origin", "must be one word without spaces or +")
	}
	return errors.Join(errs...)
}

func oneOf(s string, all ...string) bool {
	for _, a := range all {
		if s == a {
			return true
		}
	}
	return false
}

// Database returns the address for the store.
func (c Config) Database() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite:" + filepath.Join(c.Data, "xiangyun.db")
}

// KEKFile returns where the key encryption key is.
func (c Config) KEKFile() string {
	if c.KeyEncryptionKey != "" {
		return c.KeyEncryptionKey
	}
	return filepath.Join(c.Data, "kek")
}

// Print writes the configuration as TOML, without passwords.
func (c Config) Print(w io.Writer) error {
	if u, err := url.Parse(c.DatabaseURL); err == nil && u.User != nil {
		u.User = url.User(u.User.Username())
		c.DatabaseURL = u.String()
	}
	return toml.NewEncoder(w).Encode(c)
}

// Environ returns the process's variables.
func Environ() []string { return os.Environ() }
