package dev.ringway.engine.snapshot;

/**
 * What becomes of {@code x-forwarded-client-cert}.
 *
 * @param mode    {@code forward_client_cert_details}.
 * @param details bits of {@link dev.ringway.engine.tls.ForwardedCert}: {@code set_current_client_cert_details}.
 */
public record ForwardClientCert(Mode mode, int details)
{
    /** It never passes. */
    public static final ForwardClientCert SANITIZE = new ForwardClientCert(Mode.SANITIZE, 0);

    /** Envoy: {@code ForwardClientCertDetails}. All but the last drop the field when the client shows no certificate. */
    public enum Mode
    {
        /** Drop it. */
        SANITIZE,
        /** Pass it on. */
        FORWARD_ONLY,
        /** Append the client's certificate. */
        APPEND_FORWARD,
        /** Replace it by the client's certificate. */
        SANITIZE_SET,
        /** Pass it on whatever the client shows. */
        ALWAYS_FORWARD_ONLY
    }
}
