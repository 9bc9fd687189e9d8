package dev.ringway.engine.conn;

import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsReport;
import org.agrona.MutableDirectBuffer;

import java.util.List;

/**
 * The encryption of one connection: begins it, and tells what is known of it. Loop thread only.
 */
public final class ConnectionTls
{
    private final Connection connection;

    ConnectionTls(final Connection connection)
    {
        this.connection = connection;
    }

    /**
     * Encrypts a connection that was accepted from its first byte on. The handshake begins;
     * {@link ConnectionHandler#onSecured} comes when it is over.
     *
     * @param context of a server.
     * @return false when memory has run out.
     */
    public boolean accept(final TlsContext context)
    {
        assert context.isServer();
        if (!connection.link(context, null, null, 0))
        {
            return false;
        }
        connection.startReading();
        return true;
    }

    /**
     * Encrypts a connection that {@link Connection#connect} has begun to connect. It is opened when the handshake is
     * over: {@link ConnectionHandler#onOpened} or onOpenFailed comes then, and what is queued before leaves encrypted.
     *
     * @param context    of a client.
     * @param serverName name that is asked for, or null.
     * @param peerName   name or address that the server's certificate must be for, or null.
     * @param session    that is to be resumed, still the caller's, or 0.
     */
    public void connect(
        final TlsContext context, final String serverName, final String peerName, final long session)
    {
        assert !context.isServer();
        // Without memory for it, it fails as soon as it has connected.
        connection.link(context, serverName, peerName, session);
        connection.life().secure();
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
     * @return microseconds from when the connection was open to the end of the handshake, negative when there was none.
     */
    public int handshakeUs()
    {
        return connection.life().handshakeUs();
    }

    /**
     * What access logs tell of the encryption. Allocates the first time.
     *
     * @param items bits of {@link TlsReport}.
     * @return report, or null when the connection is not encrypted or its handshake not over.
     */
    public byte[] report(final int items)
    {
        return isEstablished() ? engine().agreement().report(items) : null;
    }

    /**
     * One item of what access logs tell, as text. Allocates the first time.
     *
     * @param item of {@link TlsReport}.
     * @param to   takes it, and is made longer for it.
     * @return bytes of it, 0 when there is nothing to tell.
     */
    public int text(final int item, final MutableDirectBuffer to)
    {
        return TlsReport.put(item, report(1 << item), to, 0);
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
