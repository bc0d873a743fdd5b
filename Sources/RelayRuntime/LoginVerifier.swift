internal import Foundation
package import OpenSSH
package import PairingCore

/// Checks the signatures of logins on a thread of its own, so that curve arithmetic never delays a frame.
///
/// A bounded queue: when it is full the login is refused at once. Any thread may submit; verdicts come on the
/// verifier's.
// Sendable by hand: `waiting` and `isStopping` are touched only under `condition`.
package final class LoginVerifier: @unchecked Sendable {
    /// A login to check.
    package struct Request: Sendable {
        package var link: RepKey
        package var challenge: LoginChallenge
        /// The armoured signature as the rep sent it.
        package var signature: [UInt8]
    }

    private let condition = NSCondition()
    private var waiting: [Request] = []
    private var isStopping = false
    private let countMax: Int
    private let signers: AllowedSigners
    private let deliver: @Sendable (RepKey, LoginVerdict?) -> Void

    /// Starts the thread. `deliver` gets nil for a signature that cannot be read at all.
    package init(
        signers: AllowedSigners, countMax: Int, deliver: @escaping @Sendable (RepKey, LoginVerdict?) -> Void
    ) {
        self.signers = signers
        self.countMax = countMax
        self.deliver = deliver
        let thread = Thread { [self] in self.run() }
        thread.name = "logins"
        thread.start()
    }

    /// Queues a login; false when too many wait.
    package func submit(_ request: Request) -> Bool {
        self.condition.withLock {
            guard self.waiting.count < self.countMax, !self.isStopping else { return false }
            self.waiting.append(request)
            self.condition.signal()
            return true
        }
    }

    /// Whether a key that proved itself before may still log in for the principal, now.
    func stillAllows(principal: String, fingerprint: String) -> Bool {
        let now = Int64(SystemClock.wallMicroseconds() / 1_000_000)
        let standing = self.signers.check(
            principal: principal, fingerprint: fingerprint, namespace: LoginChallenge.namespace, now: now)
        if case .allowed = standing { return true }
        return false
    }

    /// Ends the thread; what waits is dropped.
    package func stop() {
        self.condition.withLock {
            self.isStopping = true
            self.condition.signal()
        }
    }

    private func run() {
        while let request = self.next() {
            let signature = try? SSHSignature(armored: request.signature)
            let now = Int64(SystemClock.wallMicroseconds() / 1_000_000)
            self.deliver(
                request.link, signature.map { request.challenge.check($0, signers: self.signers, now: now) })
        }
    }

    private func next() -> Request? {
        self.condition.withLock {
            while self.waiting.isEmpty, !self.isStopping { self.condition.wait() }
            return self.isStopping ? nil : self.waiting.removeFirst()
        }
    }
}
