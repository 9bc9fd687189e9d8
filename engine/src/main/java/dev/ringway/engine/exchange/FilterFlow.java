package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;

import java.util.Arrays;

/**
 * One direction of an exchange on its way through the filters: which of them have seen what, and what waits. Positions
 * count in the direction of the flow. What waits is one queue; each position has seen a beginning of it, never more than
 * the position before. Reused with its {@link FilterRun}. Loop thread only.
 */
final class FilterFlow
{
    /** The exchange is to be answered or cut: nothing more is shown. */
    static final int STOPPED = -1;

    private static final int DEFAULT_LIMIT = 1 << 20;
    private static final int HIGH_WATER_MARK = 64 * 1024;

    private final FilterRun run;
    private final FilterCalls calls;
    private final LoopMemory memory;
    private final boolean isUp;
    private final int count;
    private final int[] states;
    private final int[] shown;
    private final HeldBytes kept = new HeldBytes();
    private final KeptTrailers trailers = new KeptTrailers();
    private int limit = DEFAULT_LIMIT;
    private int headShown;
    private int headAt;
    private int endAt;
    private int blocked;
    private int holding;
    private boolean isHeadOut;
    private boolean isHeadEnd;
    private boolean isEnded;
    private boolean isEndOut;
    private boolean isPumping;
    private boolean isHidden;

    FilterFlow(final FilterRun run, final FilterCalls calls, final LoopMemory memory, final boolean isUp)
    {
        this.run = run;
        this.calls = calls;
        this.memory = memory;
        this.isUp = isUp;
        count = calls.count();
        states = new int[count];
        shown = new int[count];
    }

    void end()
    {
        if (blocked > 0)
        {
            Arrays.fill(states, Verdict.CONTINUE);
        }
        if (!kept.isEmpty())
        {
            Arrays.fill(shown, 0);
            kept.release(memory);
        }
        trailers.release(memory);
        limit = DEFAULT_LIMIT;
        headShown = 0;
        headAt = 0;
        endAt = 0;
        blocked = 0;
        holding = 0;
        isHeadOut = false;
        isHeadEnd = false;
        isEnded = false;
        isEndOut = false;
        isPumping = false;
        isHidden = false;
    }

    void limit(final int bytes)
    {
        limit = bytes;
    }

    /** Whether any filter has seen the head. */
    boolean isBegun()
    {
        return headShown > 0;
    }

    /** Whether the head has passed all filters. */
    boolean isHeadOut()
    {
        return isHeadOut;
    }

    /** Whether nothing comes behind the head. */
    boolean isHeadEnd()
    {
        return isHeadEnd;
    }

    /** Bytes of all content, when the head and all of it wait; otherwise -1. */
    int gatheredLength()
    {
        return isHeadOut || isHeadEnd || !isEnded ? -1 : kept.length();
    }

    /** Whether some filter takes nothing more for now. */
    boolean isHeld()
    {
        return holding > 0;
    }

    /** Whether more is held than should wait. Until then the peer is read, so that its end or reset is seen. */
    boolean isFull()
    {
        return isHeld() && kept.length() > HIGH_WATER_MARK;
    }

    /** Whether some filter keeps what has come from going on. */
    boolean isBlocked()
    {
        return blocked > 0;
    }

    /** Content waits for the head alone: no filter is shown any. */
    void hideContent()
    {
        isHidden = true;
    }

    /** The head needs no filter any more: an answer that passed in another way. */
    void skip()
    {
        headShown = count;
        headAt = count;
        isHeadOut = true;
    }

    /**
     * @param isEnd whether nothing follows.
     * @return whether it has passed all filters; what is done then is the caller's matter.
     */
    boolean onHead(final boolean isEnd)
    {
        isHeadEnd = isEnd;
        showHead();
        isHeadOut = headAt == count;
        return isHeadOut;
    }

    /** Shows the head as far as it gets. */
    private boolean showHead()
    {
        while (headAt < count && headShown == headAt)
        {
            final int verdict = calls.head(isUp, headShown++, isHeadEnd);
            if (verdict == STOPPED)
            {
                return false;
            }
            if (verdict == Verdict.CONTINUE)
            {
                headAt++;
            }
            else
            {
                block(headAt, verdict);
            }
        }
        return true;
    }

    private void block(final int position, final int verdict)
    {
        blocked += states[position] == Verdict.CONTINUE ? 1 : 0;
        holding += (verdict == Verdict.HOLD ? 1 : 0) - (states[position] == Verdict.HOLD ? 1 : 0);
        states[position] = verdict;
    }

    /** A filter lets go of what it holds; false when it holds nothing. */
    boolean letGo(final int position)
    {
        if (states[position] == Verdict.CONTINUE)
        {
            return false;
        }
        blocked--;
        holding -= states[position] == Verdict.HOLD ? 1 : 0;
        states[position] = Verdict.CONTINUE;
        headAt += headAt == position ? 1 : 0;
        return true;
    }

    private void onVerdict(final int position, final int verdict)
    {
        if (verdict == Verdict.CONTINUE)
        {
            letGo(position);
        }
        else
        {
            block(position, verdict);
        }
    }

    private boolean isClear()
    {
        return blocked == 0 && isHeadOut && kept.isEmpty() && !isEnded;
    }

    /**
     * @param offset of a piece of content, leased during the call.
     * @param length of it.
     * @param isEnd  whether nothing follows.
     * @return whether it has passed all filters; what is done then is the caller's matter.
     */
    boolean onData(final int offset, final int length, final boolean isEnd)
    {
        if (!isClear())
        {
            if (keep(offset, length))
            {
                isEnded |= isEnd;
                pump();
            }
            return false;
        }
        for (int position = 0; position < count; position++)
        {
            final int verdict = calls.data(isUp, position, offset, length, isEnd);
            if (verdict == STOPPED)
            {
                return false;
            }
            if (verdict != Verdict.CONTINUE)
            {
                block(position, verdict);
                if (keep(offset, length))
                {
                    Arrays.fill(shown, 0, position + 1, length);
                    isEnded = isEnd;
                    endAt = isEnd ? position + 1 : 0;
                }
                return false;
            }
        }
        return true;
    }

    /** As {@link #onData}. */
    boolean onTrailers(final HeaderTable table)
    {
        final boolean isClear = isClear();
        for (int position = 0; isClear && position < count; position++)
        {
            final int verdict = calls.trailers(isUp, position, table);
            if (verdict == STOPPED)
            {
                return false;
            }
            if (verdict != Verdict.CONTINUE)
            {
                block(position, verdict);
                endAt = position + 1;
                keepTrailers(table);
                return false;
            }
        }
        if (!isClear && keepTrailers(table))
        {
            pump();
        }
        return isClear;
    }

    private boolean keepTrailers(final HeaderTable table)
    {
        isEnded = true;
        if (!trailers.keep(memory, table))
        {
            run.onOverload();
            return false;
        }
        return true;
    }

    private boolean keep(final int offset, final int length)
    {
        if (length > 0 && !kept.add(memory, offset, length))
        {
            run.onOverload();
            return false;
        }
        if (kept.length() > limit && blocked > holding)
        {
            run.onTooMuch(isUp);
            return false;
        }
        return true;
    }

    /** Moves on what can: head, then content position by position, then out. */
    void pump()
    {
        if (isPumping)
        {
            return;
        }
        final long use = run.use();
        isPumping = true;
        boolean isMoving = true;
        while (isMoving)
        {
            if (!showHead() || !leave(use))
            {
                break;
            }
            isMoving = false;
            for (int position = 0; position < count && !isHidden; position++)
            {
                final int moved = showKept(position);
                if (moved == STOPPED)
                {
                    isMoving = false;
                    break;
                }
                isMoving |= moved > 0;
            }
        }
        if (run.use() == use)
        {
            isPumping = false;
        }
    }

    private boolean mayShow(final int position)
    {
        return states[position] != Verdict.HOLD &&
            (headAt > position || headShown > position && states[position] == Verdict.GATHER);
    }

    /** Shows one filter what it may see by now; how many calls that took. */
    private int showKept(final int position)
    {
        int moves = 0;
        while (mayShow(position))
        {
            final boolean isLetThrough = position == 0 || states[position - 1] == Verdict.CONTINUE;
            final int available = !isLetThrough ? 0 : position == 0 ? kept.length() : shown[position - 1];
            final boolean isEndThere = isLetThrough && isEnded && endAt == position && available == kept.length();
            final int verdict;
            if (shown[position] < available)
            {
                verdict = showRange(position, available, isEndThere && !trailers.isTaken());
            }
            else if (isEndThere)
            {
                endAt++;
                verdict = trailers.isTaken() ? calls.trailers(isUp, position, trailers.table()) :
                    calls.data(isUp, position, 0, 0, true);
            }
            else
            {
                return moves;
            }
            if (verdict == STOPPED)
            {
                return STOPPED;
            }
            onVerdict(position, verdict);
            moves++;
        }
        return moves;
    }

    private int showRange(final int position, final int available, final boolean isEndBehind)
    {
        int index = 0;
        int start = 0;
        while (start + kept.rangeLength(index) <= shown[position])
        {
            start += kept.rangeLength(index++);
        }
        final int skipped = shown[position] - start;
        final int length = Math.min(kept.rangeLength(index) - skipped, available - shown[position]);
        final int offset = kept.rangeOffset(index) + skipped;
        shown[position] += length;
        final boolean isEnd = isEndBehind && shown[position] == available;
        endAt += isEnd ? 1 : 0;
        return calls.data(isUp, position, offset, length, isEnd);
    }

    /** What has passed all filters leaves; false when the exchange is over by that. */
    private boolean leave(final long use)
    {
        if (headAt < count)
        {
            return true;
        }
        if (!isHeadOut)
        {
            isHeadOut = true;
            run.headOut(isUp);
            if (isHidden && run.use() == use)
            {
                Arrays.fill(shown, kept.length());
                endAt = count;
            }
        }
        while (run.use() == use && run.isOpen(isUp) && states[count - 1] == Verdict.CONTINUE && !kept.isEmpty() &&
            shown[count - 1] > 0)
        {
            final int length = Math.min(kept.rangeLength(), shown[count - 1]);
            final boolean isEnd =
                isEnded && endAt == count && !trailers.isTaken() && length == kept.length();
            isEndOut |= isEnd;
            run.out(isUp, kept.rangeOffset(), length, isEnd, null);
            if (run.use() == use)
            {
                drop(length);
            }
        }
        if (run.use() == use && isEnded && !isEndOut && endAt == count && kept.isEmpty() && run.isOpen(isUp) &&
            states[count - 1] == Verdict.CONTINUE)
        {
            isEndOut = true;
            run.out(isUp, 0, 0, true, trailers.isTaken() ? trailers.table() : null);
        }
        return run.use() == use;
    }

    private void drop(final int length)
    {
        kept.drop(memory, length);
        for (int i = 0; i < count; i++)
        {
            shown[i] -= length;
        }
    }
}
