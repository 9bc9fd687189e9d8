package dev.ringway.engine.conn;

import dev.ringway.engine.tls.TlsEngine;

import java.util.List;

/**
 * What is known of the encryption of one connection. Loop thread only.
 */
public final class ConnectionTls
{
    private final Connection connection;

    ConnectionTls(final Connection connection)
    {
        this.connection = connection;
    }

    /**
     * @return whether the connection is encrypted, or is to be once a handshake is over.
     */
    public boolean isOn()
    {
        return connection.link() != null;
    }

    /**
     * @return engine of an encrypted connection, to ask for what was agreed on, or null.
     */
    public TlsEngine engine()
    {
        final TlsLink link = connection.link();
        return link == null ? null : link.engine();
    }

    /**
     * @return number by which the library calls what broke the encryption, 0 when nothing has.
     */
    public int failure()
    {
        final TlsLink link = connection.link();
        return link == null ? 0 : link.engine().errorId();
    }

    /**
     * What access logs tell of the encryption. Allocates the first time.
     *
     * @param items bits of {@link dev.ringway.engine.tls.TlsReport}.
     * @return report, or null when the connection is not encrypted or its handshake not over.
     */
    public byte[] report(final int items)
    {
        return isEstablished() ? engine().agreement().report(items) : null;
    }

    /**
     * What an endpoint is told of the peer's certificate. Allocates the first time.
     *
     * @param details bits of {@link dev.ringway.engine.tls.ForwardedCert}.
     * @return an element of {@code x-forwarded-client-cert}, or null when the peer has shown no certificate.
     */
    public byte[] forwardedCert(final int details)
    {
        return isEstablished() ? engine().agreement().forwardedCert(details) : null;
    }

    /**
     * Allocates the first time.
     *
     * @return name of a server that the peer asked for (SNI), or null.
     */
    public byte[] serverName()
    {
        return isEstablished() ? engine().agreement().askedName() : null;
    }

    /**
     * Allocates the first time.
     *
     * @return names in the certificate that the peer has shown, see
     *         {@link dev.ringway.engine.tls.TlsAgreement#principals}.
     */
    public List<byte[]> principals()
    {
        return isEstablished() ? engine().agreement().principals() : List.of();
    }

    private boolean isEstablished()
    {
        final TlsLink link = connection.link();
        return link != null && link.isEstablished();
    }
}
