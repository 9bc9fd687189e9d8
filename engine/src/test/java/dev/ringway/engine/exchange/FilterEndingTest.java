package dev.ringway.engine.exchange;

import dev.ringway.engine.filter.FilterAnswer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class FilterEndingTest
{
    private static final FilterAnswer ANSWER = FilterAnswer.of(403, new byte[0], 0, "mine");

    private final FilterEnding ending = new FilterEnding();

    private void assertNothingIsWanted()
    {
        assertFalse(ending.isWanted());
        assertFalse(ending.hasAnswer());
    }

    @Test
    void shouldWantNothingAtFirst()
    {
        assertNothingIsWanted();
        assertTrue(ending.answerer() < 0);
    }

    @Test
    void shouldKnowWhoAnswersAlsoOnceTheAnswerIsTaken()
    {
        ending.answer(ANSWER, 2);
        assertTrue(ending.isWanted());
        assertTrue(ending.hasAnswer());
        ending.drop();
        assertNothingIsWanted();
        assertEquals(2, ending.answerer());
    }

    @Test
    void shouldWantACutThatIsNoAnswer()
    {
        ending.cut("late");
        assertTrue(ending.isWanted());
        assertFalse(ending.hasAnswer());
        ending.drop();
        assertNothingIsWanted();
    }

    /** What is answered in place of a filter is not the filter's answer, though it gave one before. */
    @Test
    void shouldKnowThatNobodyAnswersWhereTheProxyDoes()
    {
        for (int i = 0; i < 3; i++)
        {
            ending.answer(ANSWER, 2);
            switch (i)
            {
                case 0 -> ending.fail();
                case 1 -> ending.overload();
                default -> ending.tooLarge(true);
            }
            assertTrue(ending.hasAnswer());
            assertTrue(ending.answerer() < 0);
        }
    }

    @Test
    void shouldForgetAllAtTheEnd()
    {
        ending.answer(ANSWER, 2);
        ending.cut("late");
        ending.end();
        assertNothingIsWanted();
        assertTrue(ending.answerer() < 0);
    }

    @Test
    void shouldRefuseAnEndThatIsNone()
    {
        assertThrows(NullPointerException.class, () -> ending.answer(null, 0));
        assertThrows(NullPointerException.class, () -> ending.cut(null));
        assertNothingIsWanted();
    }
}
