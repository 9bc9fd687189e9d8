package dev.ringway.engine.runtime;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.Token;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopTask;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.sock.Sockets;
import dev.ringway.ffi.uring.CompletionSink;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Stands between ring and loop. Holds completions back and lets them go in another order (receives stay in theirs: they
 * share buffers that are consumed one behind the other), cancels receives so that they end with ECANCELED, or with
 * ENOBUFS or ECONNRESET instead, ends sends short that wait for the peer to read, and fails sends, accepts, connects
 * and plain descriptors that worked. What the kernel did it has done, so bytes, buffers and descriptors are as real as
 * without.
 */
final class FaultyCompletions implements CompletionSink, LoopTask
{
    private static final long CANCEL_TOKEN = Token.encode(Token.LIMIT - 1, Token.LIMIT - 2, Op.CANCEL, 0);
    private static final long CANCEL_SEND_TOKEN = Token.encode(Token.LIMIT - 1, Token.LIMIT - 3, Op.CANCEL, 0);
    private static final int CQE_F_MORE = 2;
    private static final int OP_SHIFT = 8;
    private static final long OP_MASK = 0xFF << OP_SHIFT;
    private static final int REMEMBERED = 16;

    private final CompletionSink next;
    private final Random random;
    private final boolean isFailing;
    private final ArrayDeque<long[]> receives = new ArrayDeque<>();
    private final List<long[]> others = new ArrayList<>();
    private EventLoop loop;
    private final long[] remembered = new long[REMEMBERED];
    private int rememberedCount;
    private boolean isOn = true;
    private int injected;
    private volatile int shortSends;

    FaultyCompletions(final CompletionSink next, final Random random, final boolean isFailing)
    {
        this.next = next;
        this.random = random;
        this.isFailing = isFailing;
    }

    void attach(final EventLoop owner)
    {
        loop = owner;
        owner.addTask(this);
    }

    /** From now on completions pass as they are. */
    void off()
    {
        isOn = false;
    }

    int injected()
    {
        return injected;
    }

    /** Sends that were ended while they waited for their peer. Any thread. */
    int shortSends()
    {
        return shortSends;
    }

    public void onCompletion(final long token, final int result, final int flags)
    {
        if (token == CANCEL_TOKEN)
        {
            return;
        }
        if (token == CANCEL_SEND_TOKEN)
        {
            shortSends += result >= 0 ? 1 : 0;
            return;
        }
        final int op = Token.op(token);
        if (op == Op.WAKEUP || op == Op.OPTION || op == Op.CANCEL)
        {
            // Options are linked in front of a connect or a close, and a cancellation that finds nothing says so at
            // once: the kernel never completes them behind a close put after them.
            next.onCompletion(token, result, flags);
            return;
        }
        remember(token & ~OP_MASK | (long)Op.SEND << OP_SHIFT);
        final long[] completion = {token, isOn ? faulty(op, result) : result, flags};
        if (op == Op.RECV)
        {
            if (isOn && (flags & CQE_F_MORE) != 0 && random.nextInt(6) == 0)
            {
                loop.submissions().cancel(token, 0, CANCEL_TOKEN);
            }
            receives.addLast(completion);
        }
        else
        {
            others.add(completion);
        }
    }

    private void remember(final long send)
    {
        for (final long known : remembered)
        {
            if (known == send)
            {
                return;
            }
        }
        remembered[rememberedCount++ % REMEMBERED] = send;
    }

    private int faulty(final int op, final int result)
    {
        if (op == Op.SEND && result == -Errno.ECANCELED)
        {
            // Ended before a byte had left; the kernel tells the bytes when there were any.
            return 0;
        }
        final boolean isCancelled = op == Op.RECV && result == -Errno.ECANCELED;
        final boolean canFail = isFailing && result >= 0 && (op == Op.SEND || op == Op.CONNECT || op == Op.ACCEPT);
        if (isCancelled && random.nextInt(3) > 0)
        {
            injected++;
            return isFailing && random.nextInt(4) == 0 ? -Errno.ECONNRESET : -Errno.ENOBUFS;
        }
        if (isFailing && op == Op.PLAIN && result >= 0 && random.nextInt(4) == 0)
        {
            injected++;
            Sockets.close(result);
            return -Errno.EMFILE;
        }
        if (canFail && random.nextInt(12) == 0)
        {
            injected++;
            return op == Op.CONNECT ? -Errno.ECONNREFUSED : -Errno.ECONNRESET;
        }
        return result;
    }

    /** Lets some go. */
    public int onDutyCycle(final long nowNs)
    {
        int count = 0;
        if (isOn && rememberedCount > 0 && random.nextInt(4) == 0)
        {
            final long send = remembered[random.nextInt(Math.min(rememberedCount, REMEMBERED))];
            loop.submissions().cancel(send, 0, CANCEL_SEND_TOKEN);
        }
        while (!receives.isEmpty() && (!isOn || random.nextInt(3) > 0))
        {
            pass(receives.pollFirst());
            count++;
        }
        while (!others.isEmpty() && (!isOn || random.nextInt(3) > 0))
        {
            pass(others.remove(isOn ? random.nextInt(others.size()) : 0));
            count++;
        }
        return count;
    }

    private void pass(final long[] completion)
    {
        next.onCompletion(completion[0], (int)completion[1], (int)completion[2]);
    }
}
