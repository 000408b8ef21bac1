// Package account knows who people are: natural and legal persons, the accounts they sign in with, and who may act for whom.
//
//	subject (自然人、法人)  ◀── account (登录账号) ── sessions, tokens
//	        ▲ agent (经办人): a person acts for a company, within a scope and a time
//
// A subject's name, number and phone are sealed with SM4-GCM; numbers are found by their HMAC-SM3 index, never by themselves. A password
// is kept as argon2id; five failures lock an account for fifteen minutes, and the answer to a wrong name and a wrong password is the
// same sentence after the same work. The three administrators (三员) need a second factor (TOTP, RFC 6238).
//
// Real-name levels (实名等级) are 0 none, 1 phone, 2 name and number checked, 3 one more source, 4 face to face or state identity.
//
// Law: 个人信息保护法; GB/T 39786-2021 for the sealing; 国办函〔2016〕108号 for agents.
package account
