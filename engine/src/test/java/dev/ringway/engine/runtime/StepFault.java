package dev.ringway.engine.runtime;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.Token;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.uring.CompletionSink;

/**
 * Stands between ring and loop and lets one step fail: the n-th completion of an operation from now on. What the kernel
 * did it has done, but the loop is told an error. A receive fails behind the bytes that it brought: it is cancelled, and
 * its end tells the error. Loop thread only.
 */
final class StepFault implements CompletionSink
{
    /** The receive that follows an accept or connect fails before it has brought a byte. */
    static final int FIRST_RECEIVE = 100;

    private static final long CANCEL_TOKEN = Token.encode(Token.LIMIT - 1, Token.LIMIT - 2, Op.CANCEL, 0);
    private static final int CQE_F_MORE = 2;
    private static final long NONE = -1;
    private static final int OP_SHIFT = 8;
    private static final long OP_MASK = 0xFF << OP_SHIFT;

    private final CompletionSink next;
    private EventLoop loop;
    private int op;
    private int countdown;
    private int errno;
    private long cancelled = NONE;
    private boolean isInjected;

    StepFault(final CompletionSink next)
    {
        this.next = next;
    }

    void attach(final EventLoop owner)
    {
        loop = owner;
    }

    /** Has the n-th completion of an operation, from 1, fail. */
    void arm(final int failingOp, final int nth, final int error)
    {
        op = failingOp;
        countdown = nth;
        errno = error;
        isInjected = false;
    }

    void disarm()
    {
        countdown = 0;
    }

    /** Whether the loop has been told the error since the fault was armed. */
    boolean isInjected()
    {
        return isInjected;
    }

    /** Whether a cancellation is under way. */
    boolean isPending()
    {
        return cancelled != NONE;
    }

    public void onCompletion(final long token, final int result, final int flags)
    {
        if (token == CANCEL_TOKEN)
        {
            if (result < 0)
            {
                cancelled = NONE;
            }
        }
        else if (token == cancelled && (flags & CQE_F_MORE) == 0)
        {
            cancelled = NONE;
            pass(token, result == -Errno.ECANCELED ? fail(result) : result, flags);
        }
        else if (isHit(Token.op(token)))
        {
            hit(token, result, flags);
        }
        else
        {
            pass(token, result, flags);
        }
    }

    private boolean isHit(final int completed)
    {
        final boolean isOp = op == FIRST_RECEIVE ? completed == Op.ACCEPT || completed == Op.CONNECT : completed == op;
        return isOp && countdown > 0 && --countdown == 0;
    }

    private void hit(final long token, final int result, final int flags)
    {
        if (op == FIRST_RECEIVE || op == Op.RECV && (flags & CQE_F_MORE) != 0)
        {
            pass(token, result, flags);
            cancelled = token & ~OP_MASK | (long)Op.RECV << OP_SHIFT;
            loop.submissions().cancel(cancelled, 0, CANCEL_TOKEN);
        }
        else if (op == Op.RECV && result > 0)
        {
            // Bytes in a buffer that the kernel has consumed cannot be made to not have come.
            pass(token, result, flags);
        }
        else
        {
            pass(token, fail(result), flags);
        }
    }

    private int fail(final int result)
    {
        isInjected = true;
        return result < 0 && result != -Errno.ECANCELED ? result : -errno;
    }

    private void pass(final long token, final int result, final int flags)
    {
        next.onCompletion(token, result, flags);
    }
}
