import Foundation
import Testing
import WebSocketTransport

@Suite struct CertificateTests {
    private static func files(_ certificate: String, _ privateKey: String) -> LoopConfiguration.TLSFiles {
        LoopConfiguration.TLSFiles(certificate: certificate, privateKey: privateKey)
    }

    /// What a client sees of the certificate on the port: its SHA-256 in words.
    private static func served(_ port: UInt16) throws -> String {
        try Self.shell(
            "openssl s_client -connect 127.0.0.1:\(port) </dev/null | openssl x509 -noout -fingerprint -sha256")
    }

    /// What the commands print.
    @discardableResult
    private static func shell(_ commands: String) throws -> String {
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", commands]
        let output = Pipe()
        shell.standardOutput = output
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        return text
    }

    @Test func whatCannotBeServedIsSaidInWords() throws {
        let (one, other) = (try Certificate(), try Certificate())
        #expect(Self.files(one.certificate, one.privateKey).problem() == nil)
        let missing = Self.files("/nowhere.pem", one.privateKey).problem()
        #expect(missing == "/nowhere.pem: no PEM certificate chain can be read from it")
        let noKey = Self.files(one.certificate, "/nowhere.pem").problem()
        #expect(noKey == "/nowhere.pem: no PEM key can be read from it")
        let foreign = Self.files(one.certificate, other.privateKey).problem()
        #expect(foreign == "\(other.privateKey): is not the key of \(one.certificate)")
        try Data("nonsense".utf8).write(to: URL(filePath: one.certificate))
        #expect(Self.files(one.certificate, one.privateKey).problem()?.hasSuffix("can be read from it") == true)
    }

    @Test func anExpiredCertificateIsRefused() throws {
        let old = try Certificate()
        try Self.shell(
            "openssl x509 -in \(old.certificate) -signkey \(old.privateKey) -days -1 -out \(old.certificate)")
        #expect(Self.files(old.certificate, old.privateKey).problem() == "\(old.certificate): has expired")
    }

    @Test func aReloadServesTheNewCertificateToWhoComesNext() throws {
        let (first, second) = (try Certificate(), try Certificate())
        let server = try first.server()
        let before = try Self.served(server.port)
        #expect(before.contains("sha256 Fingerprint="))
        #expect(try Self.served(server.port) == before)
        for (new, old) in [(second.certificate, first.certificate), (second.privateKey, first.privateKey)] {
            try Data(contentsOf: URL(filePath: new)).write(to: URL(filePath: old))
        }
        server.handle.reloadCertificates()
        server.perform { _ in }
        let after = try Self.served(server.port)
        #expect(after.contains("sha256 Fingerprint="))
        #expect(after != before)
    }

    @Test func aReloadOfBrokenFilesKeepsTheOldCertificate() throws {
        let certificate = try Certificate()
        let server = try certificate.server()
        let before = try Self.served(server.port)
        try Data("nonsense".utf8).write(to: URL(filePath: certificate.certificate))
        server.handle.reloadCertificates()
        server.perform { _ in }
        #expect(try Self.served(server.port) == before)
    }
}
