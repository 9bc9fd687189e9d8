package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * The head of a request as it went on, for filters that ask for its fields once there is a response. A copy: each attempt
 * begins with the head that came. Reused with its {@link FilterRun}. Loop thread only.
 */
final class SentRequest
{
    private final HeadBlock block;
    private final HeadEdits editor;
    private RequestHead head;

    SentRequest(final LoopMemory memory, final HeadEdits editor)
    {
        this.editor = editor;
        block = new HeadBlock(memory);
    }

    /**
     * Takes a request as it goes on, in place of the attempt before.
     *
     * @param request that came.
     * @param from    block that holds it.
     * @param edits   what becomes of it.
     * @return the copy, or null when memory has run out.
     */
    RequestHead take(final RequestHead request, final HeadBlock from, final HeaderEdits edits)
    {
        end();
        if (head == null)
        {
            head = new RequestHead(Exchanges.MAX_REQUEST_FIELDS);
        }
        head.copy(request);
        return block.copy(head, from) && editor.retarget(head, block, edits.target()) &&
            editor.edit(head, block, edits, 0) ? head : null;
    }

    /** What the head may grow into. */
    HeadBlock store()
    {
        return block;
    }

    void end()
    {
        block.end();
    }
}
