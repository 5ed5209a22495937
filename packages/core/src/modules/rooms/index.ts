export { searchFree } from './alternatives.ts';
export { nearestFreeTimes, searchedSpan } from './free-times.ts';
export { createRoomsImporter, exportRooms, type PlannedRoom, roomsShape } from './import.ts';
export { describeHours, isOpen, type Span } from './opening-hours.ts';
export { roomsPolicy } from './policy.ts';
export { getRoom, listBusy, listFitRooms, listHeldByWorker, lockIfFree } from './room-store.ts';
export { registerRoomRoutes } from './routes.ts';
export { bookingHorizon, byFit, type RoomFacts } from './rules.ts';
export { createRooms, type RoomsDeps, type RoomsService } from './service.ts';
