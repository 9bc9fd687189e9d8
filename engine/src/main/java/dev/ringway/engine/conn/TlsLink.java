package dev.ringway.engine.conn;

import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.memory.Scratch;
import dev.ringway.engine.tls.HandshakeStep;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsCounting;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsEngines;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Stands between the bytes of a connection's socket and those of its handler. Cipher text that comes is decrypted into
 * scratch space at once; plain text that is sent waits here, by reference, and is encrypted when the connection is
 * flushed. Pooled. Loop thread only.
 */
final class TlsLink
{
    /** Plain bytes of one flush, so that their records leave in one send. */
    private static final int SEAL_LIMIT = 60 * 1024 - 256;
    private static final int HANDSHAKE_ROOM = 8 * 1024;
    /** What one call may give more than it takes: the record whose beginning came before. */
    private static final int RECORD_ROOM = TlsEngine.RECORD_LENGTH;
    /** For what the library has to say before the bytes of a write. */
    private static final int OWN_ROOM = 2048;
    /** What may come while a step is made elsewhere, before no more is read. */
    private static final int HELD_LIMIT = 16 * 1024;

    private final Connections connections;
    private final TlsEngines engines;
    private final LoopMemory memory;
    private final TlsCounting counting;
    private ConnectionLife life;
    private TlsContext context;
    private TlsEngine engine;
    private SendQueue waiting;
    private HeldBytes held = HeldBytes.NONE;
    private int taken;
    private long received;
    private long sent;
    private boolean isEnded;
    private boolean isShut;
    private boolean isAway;
    private boolean isPaused;
    private boolean isEndHeld;

    TlsLink(
        final Connections connections, final TlsEngines engines, final LoopMemory memory, final TlsCounting counting)
    {
        this.connections = connections;
        this.counting = counting;
        this.engines = engines;
        this.memory = memory;
    }

    boolean open(
        final ConnectionLife life,
        final TlsContext context,
        final String serverName,
        final String peerName,
        final long session)
    {
        this.life = life;
        this.context = context;
        isEnded = false;
        isShut = false;
        isPaused = false;
        isEndHeld = false;
        received = 0;
        sent = 0;
        engine = engines.open(context, serverName, peerName, session);
        return engine != null;
    }

    /** The engine is not with a worker. */
    void free()
    {
        assert !isAway;
        drop();
        engines.close(engine);
        engine = null;
        context = null;
        life = null;
    }

    /** Whether a worker has the engine: {@link #onStep} comes. */
    boolean isAway()
    {
        return isAway;
    }

    /** Bytes decrypted. */
    long received()
    {
        return received;
    }

    /** Bytes encrypted. */
    long sent()
    {
        return sent;
    }

    TlsEngine engine()
    {
        return engine;
    }

    /** Whether the loop knows that the handshake is over. */
    boolean isEstablished()
    {
        return !isAway && engine.isEstablished();
    }

    /** Begins the handshake of a client. */
    void begin()
    {
        onCipher(0, 0);
    }

    /** Takes what came from the socket, and hands over what it means. */
    void onCipher(final int offset, final int length)
    {
        if (isAway)
        {
            hold(offset, length);
        }
        else
        {
            walk(memory.slab().address(offset), length);
        }
    }

    private void walk(final long source, final int length)
    {
        taken = 0;
        boolean isMoving = true;
        while (isMoving && !isEnded && !life.isClosing())
        {
            final int left = length - taken;
            isMoving = engine.isEstablished() ? decrypt(source + taken, left) :
                !(left > 0 && context.hasDearHandshakes() && sendAway(source + taken, left)) &&
                handshake(source + taken, left);
        }
    }

    private void hold(final int offset, final int length)
    {
        held = held.own();
        if (!held.add(memory, offset, length))
        {
            life.onNoRoom();
        }
        else if (held.length() > HELD_LIMIT && !isPaused)
        {
            isPaused = true;
            life.receiver().pause();
        }
    }

    /** The peer sends no more: whether that has to wait for what came before. */
    boolean holdsEnd()
    {
        isEndHeld = isAway;
        return isAway;
    }

    private boolean sendAway(final long source, final int length)
    {
        isAway = length <= HandshakeStep.ROOM && connections.makeElsewhere(this, engine, source, length);
        return isAway;
    }

    /** A worker has made a step. */
    void onStep(final HandshakeStep step)
    {
        isAway = false;
        if (life.isClosing())
        {
            life.onQuiet();
        }
        else if (say(step.output(), step.outputLength()))
        {
            if (isPaused)
            {
                isPaused = false;
                life.receiver().start();
            }
            goOn(step);
        }
        connections.release(step);
    }

    private boolean say(final UnsafeBuffer output, final int length)
    {
        if (length == 0)
        {
            return true;
        }
        final Scratch scratch = memory.scratch();
        final int target = scratch.reserve(length);
        if (target < 0)
        {
            life.onNoRoom();
            return false;
        }
        memory.slab().buffer().putBytes(target, output, 0, length);
        scratch.commit(length);
        life.sender().queueCipher(target, length);
        return true;
    }

    private void goOn(final HandshakeStep step)
    {
        if (engine.isEstablished())
        {
            onEstablished();
        }
        else if (step.code() < 0)
        {
            onCode(step.code());
        }
        if (step.restLength() > 0 || step.code() > 0 && !engine.isEstablished())
        {
            walk(step.restAddress(), step.restLength());
        }
        while (!held.isEmpty() && !isAway && !isEnded && !life.isClosing())
        {
            final int offset = held.rangeOffset();
            final int length = held.rangeLength();
            // Out of the queue while it is walked through: all that is held may be dropped meanwhile.
            held.removeFirst();
            walk(memory.slab().address(offset), length);
            HeldBytes.free(memory, offset);
        }
        if (isEndHeld && !isAway && !isEnded && !life.isClosing())
        {
            life.onEnd();
        }
    }

    private boolean handshake(final long source, final int length)
    {
        final Scratch scratch = memory.scratch();
        final int target = scratch.reserve(HANDSHAKE_ROOM);
        if (target < 0)
        {
            life.onNoRoom();
            return false;
        }
        final int code = engine.handshake(source, length, memory.slab().address(target), HANDSHAKE_ROOM);
        taken += engine.consumed();
        if (code > 0)
        {
            scratch.commit(code);
            life.sender().queueCipher(target, code);
        }
        else if (code == TlsEngine.NEEDS_TASK)
        {
            engine.task().run();
            return true;
        }
        else if (code < 0)
        {
            return onCode(code);
        }
        if (engine.isEstablished())
        {
            onEstablished();
        }
        return true;
    }

    private void onEstablished()
    {
        counting.onEstablished(context, engine);
        life.onSecured();
    }

    private boolean decrypt(final long source, final int length)
    {
        final int room = Math.min(length + RECORD_ROOM, BufferSlab.CHUNK_LENGTH);
        final Scratch scratch = memory.scratch();
        final int target = scratch.reserve(room);
        if (target < 0)
        {
            life.onNoRoom();
            return false;
        }
        final BufferSlab slab = memory.slab();
        final int code = engine.decrypt(source, length, slab.address(target), room);
        taken += engine.consumed();
        if (code <= 0)
        {
            return onCode(code);
        }
        // To ask a library that holds nothing more costs as much as a small record.
        final boolean isMore = engine.consumed() < length || code == room || engine.end() != 0;
        scratch.commit(code);
        received += code;
        life.onPlain(target, code);
        slab.release(target);
        return isMore;
    }

    /** Always false: there is nothing more to take. */
    private boolean onCode(final int code)
    {
        if (code == TlsEngine.CLOSED)
        {
            isEnded = true;
            life.onPeerClosed();
        }
        else if (code == TlsEngine.FAILED)
        {
            isEnded = true;
            counting.onFailed(context, engine);
            shut();
            life.onTlsFailed();
        }
        return false;
    }

    /** Queues a range with its lease. */
    void add(final int offset, final int length)
    {
        if (waiting == null)
        {
            waiting = connections.acquireQueue();
        }
        waiting.add(offset, length);
    }

    /**
     * Encrypts what waits, as much as one send takes; what is left waits for the next flush.
     *
     * @param isLast whether close_notify goes behind the last byte.
     */
    void seal(final boolean isLast)
    {
        int budget = SEAL_LIMIT;
        while (waiting != null && budget > 0 && isEstablished())
        {
            final int length = Math.min(waiting.length(0), budget);
            final int sealed = encrypt(waiting.offset(0), length);
            if (sealed < 0)
            {
                return;
            }
            budget -= sealed;
            sent += sealed;
            waiting.complete(sealed);
            if (waiting.isEmpty())
            {
                release();
            }
        }
        if (isLast && waiting == null && !isAway)
        {
            shut();
        }
    }

    /** Bytes taken, which may be 0 when the library had something to say itself, or -1 when it cannot go on. */
    private int encrypt(final int offset, final int length)
    {
        final int room = Math.min(engine.cipherLength(length) + OWN_ROOM, BufferSlab.CHUNK_LENGTH);
        final Scratch scratch = memory.scratch();
        final int target = scratch.reserve(room);
        if (target < 0)
        {
            life.onNoRoom();
            return -1;
        }
        final BufferSlab slab = memory.slab();
        final int code = engine.encrypt(slab.address(offset), length, slab.address(target), room);
        if (code < 0)
        {
            if (!isEnded)
            {
                isEnded = true;
                counting.onFailed(context, engine);
            }
            life.onTlsFailed();
            return -1;
        }
        scratch.commit(code);
        life.sender().queueCipher(target, code);
        return engine.consumed();
    }

    private void shut()
    {
        final Scratch scratch = memory.scratch();
        final int target = isShut ? -1 : scratch.reserve(TlsEngine.LEAST_ROOM);
        if (target < 0)
        {
            return;
        }
        isShut = true;
        final int length = engine.shutdown(memory.slab().address(target), TlsEngine.LEAST_ROOM);
        if (length > 0)
        {
            scratch.commit(length);
            life.sender().queueCipher(target, length);
        }
    }

    /** Drops what waits. */
    void drop()
    {
        held.release(memory);
        if (waiting != null)
        {
            waiting.dropWaiting();
            release();
        }
    }

    private void release()
    {
        connections.releaseQueue(waiting);
        waiting = null;
    }

    int waitingBytes()
    {
        return waiting == null ? 0 : waiting.bytes();
    }

    int waitingChunks()
    {
        return waiting == null ? 0 : waiting.chunks();
    }
}
