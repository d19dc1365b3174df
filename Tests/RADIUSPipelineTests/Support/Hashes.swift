/// crypt(3)'s SHA-512 form of `hello`, which is slow by design.
let slowHello = #"$6$saltsalt$YTeBOLnmm3CoeJTzBuijUEtOEWCqrw/nQ8/AeMmON4LGp3k0ZiMjC1OdqzWFUAfDQBvYkOch9BWtQTBcZ1E/p0"#
