internal import AuditCore
internal import AuditStore
internal import Foundation
internal import Glibc
internal import Logging

/// Opening the audit log, and what follows when it fails.
extension Daemon {
    static func openAudit(
        _ configuration: Configuration, program: String, mailboxes: [Mailbox], _ receipts: ReceiptShelf,
        _ logger: Logger, _ failed: @escaping @Sendable () -> Void
    ) throws(StartError) -> AuditLog {
        let directory = "\(configuration.stateDirectory)/audit"
        var options = AuditOptions()
        options.onFailure = configuration.auditOnFailure
        let goesOn = configuration.auditOnFailure == .continue
        if let mebibytes = configuration.auditFreeMebibytesMin { options.freeBytesMin = UInt64(mebibytes) << 20 }
        options.reading = { bytes, total in ServiceManager.tellReading(bytes: bytes, of: total) }
        options.recording = try RecordingSetting.policy(of: configuration)
        options.signer = try Self.checkpointSigner(configuration.checkpointKey)
        if options.signer == nil { logger.notice("there is no checkpoint key: nothing is signed that others can keep") }
        do throws(AuditStoreError) {
            let log = try Self.patiently(directory, program: program, options) { notice in
                switch notice {
                case .durable(let ticket): for mailbox in mailboxes { mailbox.post(.durable(ticket)) }
                case .failed(let error):
                    for mailbox in mailboxes { mailbox.post(.auditFailed(error)) }
                    if !goesOn { failed() }
                case .reopened: logger.notice("the audit log is open again")
                case .checkpoint(let checkpoint):
                    logger.notice(
                        "checkpoint",
                        metadata: [
                            "origin": "\(checkpoint.origin)", "size": "\(checkpoint.size)",
                            "root": "\(checkpoint.rootText)",
                        ])
                case .receipt(let session, let text): receipts.put(session, text)
                case .unpublished(let error):
                    logger.error("checkpoint or tiles not written; trying again", metadata: ["error": "\(error)"])
                }
            }
            if let torn = log.opening.torn {
                logger.warning("the audit log had a torn tail; it was cut", metadata: ["bytes": "\(torn.bytes)"])
            }
            return log
        } catch {
            // A log that was changed after it was signed gets no better by trying again.
            throw StartError("\(directory): \(error)", exitCode: error.isContradiction ? 78 : 74)
        }
    }

    /// For the length of a drain whoever comes is told why nothing begins; under `deny-new` the sessions that run go on
    /// unrecorded meanwhile, and beyond it up to their bound. Then `body` is called, on a thread of its own.
    static func afterFailure(
        of configuration: Configuration, _ unrecorded: DrainGate, _ body: @escaping @Sendable () -> Void
    ) {
        ServiceManager.tell(status: "The audit log has failed: nothing new begins")
        let limits = configuration.limits
        let more = configuration.auditOnFailure == .denyNew ? limits.unrecordedDurationMax : .zero
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: limits.drainDurationMax / .seconds(1))
            unrecorded.wait(for: configuration.loopCount, atMost: more)
            body()
        }
    }

    /// A program that erases has the log for a second or so: the relay waits for it rather than fail to start.
    private static func patiently(
        _ directory: String, program: String, _ options: AuditOptions,
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) throws(AuditStoreError) -> AuditLog {
        let deadline = ContinuousClock.now + Self.lockWaitMax
        while true {
            do throws(AuditStoreError) {
                return try AuditLog.open(directory: directory, program: program, options: options, notify: notify)
            } catch .inUse where ContinuousClock.now < deadline {
                usleep(Self.lockPause)
            } catch {
                throw error
            }
        }
    }

    private static let lockWaitMax = Duration.seconds(3)
    /// Microseconds.
    private static let lockPause: UInt32 = 20_000

    /// The key at `path`, or systemd's credential `checkpoint.key`; nil if neither is there.
    private static func checkpointSigner(_ path: String?) throws(StartError) -> NoteSigner? {
        let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
        guard let file = path ?? credentials.map({ "\($0)/checkpoint.key" }) else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else {
            if path == nil { return nil }
            throw StartError("\(file): cannot be read; it is to sign checkpoints", exitCode: 78)
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let signer = NoteSigner(text) else {
            throw StartError("\(file): is no signing key; alongside-audit key generate makes one", exitCode: 78)
        }
        return signer
    }
}
