package dev.ringway.engine.tls;

import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLSession;

/**
 * One TLS connection: cipher text in, plain text out, and back, between addresses that the caller owns for the time of
 * the call. It knows no socket. While a handshake is not over, {@link #handshake} is called with what comes; then
 * {@link #decrypt} and {@link #encrypt}; at the end {@link #shutdown}.
 * <p>
 * Calls return bytes written, 0 or more, or a negative code, and {@link #consumed()} tells how much of the source was
 * taken. Nothing is thrown. A record allocates nothing on the heap; a handshake does. A failure is final: the same code
 * comes again, and {@link #shutdown} gives the alert for the peer.
 * <p>
 * The library keeps at most one incomplete record (17 KiB) for a connection, during a handshake one message of at most
 * 64 KiB besides, and at rest no buffer. Renegotiation is refused, there is no compression and no early data.
 * <p>
 * Loop thread only, from {@link TlsEngines#open} until {@link TlsEngines#close}; it may be handed to another thread for
 * a step of the handshake as long as the loop does not touch it meanwhile.
 */
public final class TlsEngine
{
    /** The source was taken and nothing can be written before more comes. */
    public static final int NEEDS_INPUT = -1;
    /** The destination is too small for what is to be written. */
    public static final int NEEDS_ROOM = -2;
    /** The handshake goes on once {@link #task()} has run, on whatever thread. */
    public static final int NEEDS_TASK = -3;
    /** The peer has said that it sends no more (close_notify). */
    public static final int CLOSED = -4;
    /** The connection is broken, {@link #errorId()} tells why. */
    public static final int FAILED = -5;

    /** Most plain bytes of a record (RFC 8446, 5.1). */
    public static final int RECORD_LENGTH = 16 * 1024;
    /** Room that {@link #handshake} and {@link #shutdown} need at least to get on. */
    public static final int LEAST_ROOM = 256;

    /** First bytes of a flight and alerts wait here until there is a destination: it is kept as long as the engine. */
    private static final int OWN_ROOM = 64;

    /** {@code SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE} of {@code ERR_LIB_SSL}. */
    private static final int NO_CERTIFICATE = 16 << 24 | 192;

    private final TlsAgreement agreement = new TlsAgreement();
    private TlsContext context;
    private Runnable task;
    private PeerVerdict verdict;
    private String peerName;
    private long ssl;
    private long bio;
    private long session;
    private int consumed;
    private int overhead;
    private int retryLength;
    private int end;
    private int errorId;
    private boolean isEstablished;
    private boolean isTaskGiven;

    TlsEngine()
    {
    }

    boolean open(
        final TlsContext context, final String serverName, final String expectedPeer, final long resumed)
    {
        ssl = context.open(this);
        if (ssl == 0)
        {
            return false;
        }
        this.context = context;
        agreement.open(ssl, context);
        peerName = expectedPeer;
        bio = SSL.bioNewByteBuffer(ssl, OWN_ROOM);
        if (serverName != null)
        {
            SSL.setTlsExtHostName(ssl, serverName);
        }
        if (resumed != 0)
        {
            SSL.setSession(ssl, resumed);
        }
        return true;
    }

    void close()
    {
        context.close(ssl);
        if (session != 0)
        {
            SSLSession.free(session);
            session = 0;
        }
        context = null;
        task = null;
        isTaskGiven = false;
        verdict = null;
        peerName = null;
        ssl = 0;
        bio = 0;
        consumed = 0;
        overhead = 0;
        retryLength = 0;
        end = 0;
        errorId = 0;
        isEstablished = false;
        agreement.close();
    }

    /**
     * Goes on with the handshake as far as it gets. What is left of the source when it is over is for {@link #decrypt}.
     *
     * @param source      address of cipher text.
     * @param sourceLength bytes, 0 to begin as a client, after a task, or when there was no room.
     * @param target       address of room for what the peer is to be sent.
     * @param targetLength bytes, at least {@link #LEAST_ROOM}.
     * @return bytes to send, 0 when it is over with nothing to send, or a code.
     */
    public int handshake(final long source, final int sourceLength, final long target, final int targetLength)
    {
        consumed = 0;
        if (end != 0)
        {
            return end;
        }
        assert !isEstablished && sourceLength >= 0 && targetLength >= LEAST_ROOM;
        if (isTaskGiven)
        {
            // It has run. There may be another one: a certificate is chosen, then the peer's is verified.
            isTaskGiven = false;
            task = null;
        }
        int written = 0;
        int code = 0;
        boolean isReading = false;
        while (code == 0 && !isEstablished)
        {
            final int left = isReading ? sourceLength - consumed : targetLength - written;
            SSL.bioSetByteBuffer(bio, isReading ? source + consumed : target + written, left, !isReading);
            if (!isReading)
            {
                SSL.bioFlushByteBuffer(bio);
            }
            final int result = SSL.doHandshake(ssl);
            final int moved = left - SSL.bioLengthByteBuffer(bio);
            consumed += isReading ? moved : 0;
            written += isReading ? 0 : moved;
            if (result == 1)
            {
                onEstablished();
            }
            else
            {
                code = pause(SSL.getError(ssl, result), isReading, sourceLength);
                isReading = !isReading;
            }
        }
        written += flush(target + written, targetLength - written);
        isTaskGiven = written == 0 && code == NEEDS_TASK;
        return written > 0 ? written : code;
    }

    /** What to do when a step stopped: 0 to take the other direction, else a code. */
    private int pause(final int error, final boolean isReading, final int sourceLength)
    {
        if (error == SSL.SSL_ERROR_WANT_READ)
        {
            agreement.onStep();
            // With nothing to read from, or all of it read and what came of that written.
            return !isReading && consumed >= sourceLength ? NEEDS_INPUT : 0;
        }
        if (error == SSL.SSL_ERROR_WANT_WRITE)
        {
            return isReading ? 0 : NEEDS_ROOM;
        }
        if (error == SSL.SSL_ERROR_WANT_CERTIFICATE_VERIFY || error == SSL.SSL_ERROR_WANT_X509_LOOKUP)
        {
            if (task == null)
            {
                task = SSL.getTask(ssl);
            }
            return task == null ? fail(error) : NEEDS_TASK;
        }
        return fail(error);
    }

    private void onEstablished()
    {
        isEstablished = true;
        agreement.onEstablished();
        task = null;
        overhead = SSL.getMaxWrapOverhead(ssl);
    }

    private int flush(final long target, final int length)
    {
        if (length == 0 || SSL.bioLengthNonApplication(bio) == 0)
        {
            return 0;
        }
        SSL.bioSetByteBuffer(bio, target, length, true);
        return SSL.bioFlushByteBuffer(bio);
    }

    private int fail(final int error)
    {
        if (error == SSL.SSL_ERROR_ZERO_RETURN)
        {
            end = CLOSED;
        }
        else
        {
            errorId = SSL.getLastErrorNumber();
            end = FAILED;
        }
        return end;
    }

    /**
     * Decrypts record after record until the source is used up or the target full. Records that are cut off are kept
     * until the rest comes.
     *
     * @param source       address of cipher text.
     * @param sourceLength bytes; 0 asks for plain bytes that found no room before.
     * @param target       address of room for plain text.
     * @param targetLength bytes, positive. When all of them were written, there may be more: call again.
     * @return plain bytes, positive, or a code.
     */
    public int decrypt(final long source, final int sourceLength, final long target, final int targetLength)
    {
        consumed = 0;
        if (end != 0)
        {
            return end;
        }
        assert isEstablished && sourceLength >= 0 && targetLength > 0;
        if (sourceLength == 0)
        {
            SSL.bioClearByteBuffer(bio);
        }
        else
        {
            SSL.bioSetByteBuffer(bio, source, sourceLength, false);
        }
        int written = 0;
        int code = NEEDS_INPUT;
        int left = sourceLength;
        do
        {
            final int result = SSL.readFromSSL(ssl, target + written, targetLength - written);
            left = left == 0 ? 0 : SSL.bioLengthByteBuffer(bio);
            if (result <= 0)
            {
                final int error = SSL.getError(ssl, result);
                code = error == SSL.SSL_ERROR_WANT_READ ? NEEDS_INPUT : fail(error);
                break;
            }
            written += result;
        }
        while (left > 0 && written < targetLength);
        consumed = sourceLength - left;
        return written > 0 ? written : code;
    }

    /**
     * Encrypts into full records as far as there is room.
     *
     * @param source       address of plain text. What {@link #consumed()} leaves of it comes first the next time, and
     *                     not less of it, at whatever address.
     * @param sourceLength bytes, positive.
     * @param target       address of room for cipher text.
     * @param targetLength bytes; {@link #cipherLength} of the source for all of it.
     * @return bytes to send, positive, or a code.
     */
    public int encrypt(final long source, final int sourceLength, final long target, final int targetLength)
    {
        consumed = 0;
        if (end == FAILED)
        {
            return end;
        }
        assert isEstablished && sourceLength >= retryLength;
        final int length = retryLength != 0 ? retryLength : Math.min(sourceLength, plainRoom(targetLength));
        if (length == 0 || targetLength < LEAST_ROOM && retryLength != 0)
        {
            return NEEDS_ROOM;
        }
        SSL.bioSetByteBuffer(bio, target, targetLength, true);
        // Must be empty before a write: the library counts what it held as bytes of the write.
        SSL.bioFlushByteBuffer(bio);
        final int result = SSL.writeToSSL(ssl, source, length);
        final int written = targetLength - SSL.bioLengthByteBuffer(bio);
        if (result > 0)
        {
            consumed = result;
            retryLength = 0;
            return written;
        }
        final int error = SSL.getError(ssl, result);
        if (error != SSL.SSL_ERROR_WANT_WRITE)
        {
            return fail(error);
        }
        // Something of its own (a ticket, an answer to a change of keys) went before and took the room.
        retryLength = length;
        return written > 0 ? written : NEEDS_ROOM;
    }

    /** Plain bytes whose records fit. */
    private int plainRoom(final int room)
    {
        final int full = room / (RECORD_LENGTH + overhead);
        return full * RECORD_LENGTH + Math.max(room - full * (RECORD_LENGTH + overhead) - overhead, 0);
    }

    /**
     * @param plainLength bytes of plain text, positive.
     * @return most bytes that their records take. When the library has something of its own to say first, they take
     *         more, and what finds no room comes with the next call.
     */
    public int cipherLength(final int plainLength)
    {
        return plainLength + (plainLength + RECORD_LENGTH - 1) / RECORD_LENGTH * overhead;
    }

    /**
     * Says the last word: close_notify, or the alert of a failure. Nothing is encrypted afterwards.
     *
     * @param target       address of room.
     * @param targetLength bytes, at least {@link #LEAST_ROOM}.
     * @return bytes to send, 0 when there is nothing to say.
     */
    public int shutdown(final long target, final int targetLength)
    {
        assert targetLength >= LEAST_ROOM;
        SSL.bioSetByteBuffer(bio, target, targetLength, true);
        SSL.bioFlushByteBuffer(bio);
        if (isEstablished && end != FAILED && retryLength == 0)
        {
            SSL.shutdownSSL(ssl);
        }
        return targetLength - SSL.bioLengthByteBuffer(bio);
    }

    /**
     * @return bytes of the source that the last call took.
     */
    public int consumed()
    {
        return consumed;
    }

    /**
     * @return whether the handshake is over.
     */
    public boolean isEstablished()
    {
        return isEstablished;
    }

    /**
     * @return {@link #CLOSED} or {@link #FAILED} once it is, else 0.
     */
    public int end()
    {
        return end;
    }

    /**
     * @return what the handshake waits for after {@link #NEEDS_TASK}. To be run once, then {@link #handshake} again.
     */
    public Runnable task()
    {
        return task;
    }

    /**
     * @return number of the failure, 0 when there is none or the library names none.
     */
    public int errorId()
    {
        return errorId;
    }

    /**
     * Allocates.
     *
     * @param errorId from {@link #errorId()}.
     * @return the library's words for it.
     */
    public static String errorText(final int errorId)
    {
        return SSL.getErrorString(errorId & 0xFFFF_FFFFL);
    }

    /**
     * @return what was found of the peer's certificate, or null when none was verified: a resumed session was before.
     */
    public PeerVerdict verdict()
    {
        return verdict;
    }

    /**
     * @return whether the handshake failed because the peer has shown no certificate though one is required.
     */
    public boolean lacksPeerCertificate()
    {
        return errorId == NO_CERTIFICATE;
    }

    /** Name or address that the peer's certificate must be for, or null. */
    String peerName()
    {
        return peerName;
    }

    void onVerdict(final PeerVerdict verdict)
    {
        this.verdict = verdict;
    }

    /**
     * @return what was agreed on, to be asked when the handshake is over, or when it has failed.
     */
    public TlsAgreement agreement()
    {
        return agreement;
    }

    /**
     * Takes the newest session that the server has offered, for {@link TlsEngines#open} of a later connection.
     *
     * @return session that the caller must give to {@link TlsEngines#freeSession}, or 0 when there is none.
     */
    public long takeSession()
    {
        final long taken = session;
        session = 0;
        return taken;
    }

    boolean onSession(final long session)
    {
        if (this.session != 0)
        {
            SSLSession.free(this.session);
        }
        this.session = session;
        return true;
    }
}
