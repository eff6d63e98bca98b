"""What an item is, in requests and answers."""

from pydantic import BaseModel, Field


class NewItem(BaseModel):
    """An item as it is sent."""

    title: str = Field(min_length=1, max_length=200)
    year: int = Field(ge=1, le=9999)
    notes: str = Field(default="", max_length=2000)


class Item(NewItem):
    """An item as it is kept."""

    id: int
