import CLibwebsockets

extension LoopConfiguration {
    /// Paths of a PEM certificate chain and of its key.
    package struct TLSFiles: Equatable, Sendable {
        package let certificate: String
        package let privateKey: String

        package init(certificate: String, privateKey: String) {
            self.certificate = certificate
            self.privateKey = privateKey
        }

        /// Why the pair cannot be served now, in words for the operator; nil when it can: both are read, the key is the
        /// certificate's, and today is within its validity. Reads the files; any thread but a loop's.
        package func problem() -> String? {
            switch unsafe clws_tls_check(self.certificate, self.privateKey) {
            case CLWS_TLS_GOOD: nil
            case CLWS_TLS_NO_CERTIFICATE: "\(self.certificate): no PEM certificate chain can be read from it"
            case CLWS_TLS_NO_KEY: "\(self.privateKey): no PEM key can be read from it"
            case CLWS_TLS_FOREIGN_KEY: "\(self.privateKey): is not the key of \(self.certificate)"
            case CLWS_TLS_NOT_YET: "\(self.certificate): is not valid yet"
            case CLWS_TLS_EXPIRED: "\(self.certificate): has expired"
            default: "\(self.certificate): cannot be looked at for want of memory"
            }
        }
    }
}
