import OpenSSH

/// A signature made once with OpenSSH 9.2's `ssh-keygen -Y sign` by a key that was thrown away.
enum Vector {
    static let publicKeyLine =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Ri4fRyP7ra5V5dqZBtrNLnoAs0QNnr/L+zJvqzSah vector"
    static let fingerprint = "SHA256:TL/l9fe58YLaRd0JqRtXtup3SQqf5EmrH+xxA9JihD4"
    static let namespace = "alongside-auth-v1"
    static let message = Array("Alongside test vector\n".utf8)
    static let armored = """
        -----BEGIN SSH SIGNATURE-----
        U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgHhGLh9HI/utrlXl2pkG2s0uegC
        zRA2ev8v7Mm+rNJqEAAAARYWxvbmdzaWRlLWF1dGgtdjEAAAAAAAAABnNoYTUxMgAAAFMA
        AAALc3NoLWVkMjU1MTkAAABALCrMifJ36gNZxIx8mUfUIHtRohDWuzqrCSosk2Z7X9HcO/
        mYyqTcjifi553BauSMMQ06XzEoOwF9aLaJQsf4AQ==
        -----END SSH SIGNATURE-----

        """
}
